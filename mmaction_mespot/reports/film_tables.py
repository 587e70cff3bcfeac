"""Tables and the picture of the benchmark on raw videos."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mmaction_mespot.evaluation.functional.bootstrap import Interval, bootstrap_f1
from mmaction_mespot.evaluation.functional.counts import OVERALL, count_videos
from mmaction_mespot.evaluation.functional.rates import RATES, rate_figures
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.reports.film_benchmark import FilmRun
from mmaction_mespot.reports.film_errors import count_kinds
from mmaction_mespot.reports.tables import markdown_table
from mmaction_mespot.visualization.false_rates import plot_false_rates

Groups = dict[tuple[str, str], list[FilmRun]]
_SAMPLES = 1000


def group_runs(runs: Sequence[FilmRun]) -> Groups:
    """Runs by part and method, in the order of their first film; methods that were not run on a part lack."""
    parts = list(dict.fromkeys(run.film.part for run in runs))
    methods = list(dict.fromkeys(run.method.name for run in runs))
    groups = {
        (part, method): [run for run in runs if (run.film.part, run.method.name) == (part, method)]
        for part in parts
        for method in methods
    }
    return {key: group for key, group in groups.items() if group}


def minutes_of(runs: Sequence[FilmRun]) -> float:
    """Minutes of video; each seed's run counts."""
    return sum(run.film.total_frames / run.film.fps for run in runs) / 60


def false_rate(runs: Sequence[FilmRun], samples: int = _SAMPLES, seed: int = 0) -> Interval:
    """False detections per minute with the 95 % interval over people (percentile bootstrap)."""
    people, place = np.unique([run.film.subject for run in runs], return_inverse=True)
    false = [count_videos([run.result(False)])[OVERALL].fp for run in runs]
    counts = np.bincount(place, weights=false, minlength=len(people))
    minutes = np.bincount(place, weights=[minutes_of([run]) for run in runs], minlength=len(people))
    chosen = np.random.default_rng(seed).integers(len(people), size=(samples, len(people)))
    low, high = np.quantile(counts[chosen].sum(1) / minutes[chosen].sum(1), (0.025, 0.975))
    return Interval(float(counts.sum() / minutes.sum()), float(low), float(high))


def film_table(groups: Groups) -> str:
    """Counts, F1 and false detections per minute as shipped; recall of each class at stated rates.

    Intervals resample whole people, with the runs of all seeds of a person together.

    Args:
        groups: See `group_runs`.

    Returns:
        A Markdown table.
    """
    header = ['part', 'method', 'seeds', 'minutes', *(f'{name} TP / FP / FN' for name in (*CLASSES, OVERALL))]
    header += ['F1', 'false per minute', *(f'{c} recall at {r:g} per minute' for r in RATES for c in CLASSES)]
    rows = []
    for (part, method), runs in groups.items():
        final, candidates = ([run.result(every) for run in runs] for every in (False, True))
        seeds = len({run.method.seed for run in runs})
        counts = count_videos(final)
        numbers = [counts[name] for name in (*CLASSES, OVERALL)]
        f1, recalls = '-', ['-'] * (len(RATES) * len(CLASSES))
        if any(len(video.labels) for video in final):
            f1 = _interval(bootstrap_f1(final, samples=_SAMPLES)[OVERALL])
            rates = rate_figures(candidates, samples=_SAMPLES // 4)
            recalls = [
                _interval(rates[name][f'R@{rate:g}/min'])
                if any(label in video.labels for video in final)
                else '-'
                for rate in RATES
                for label, name in enumerate(CLASSES)
            ]
        texts = [f'{_mean(c.tp, seeds)} / {_mean(c.fp, seeds)} / {_mean(c.fn, seeds)}' for c in numbers]
        length = f'{minutes_of(runs) / seeds:.1f}'
        rows.append([part, method, str(seeds), length, *texts, f1, _interval(false_rate(runs), 2), *recalls])
    return markdown_table(header, rows)


def error_table(groups: Groups) -> str:
    """What the errors are made of, see `film_errors`; films without a face are told.

    Args:
        groups: See `group_runs`.

    Returns:
        A Markdown table.
    """
    rows = []
    for (part, method), runs in groups.items():
        false, missed = count_kinds(runs)
        refused = sum(bool(run.error) for run in runs)
        rows.append([part, method, _kinds(false), _kinds(missed), f'{refused} of {len(runs)}'])
    return markdown_table(['part', 'method', 'false', 'missed', 'films told to have no face'], rows)


def film_figures(groups: Groups) -> list[dict[str, object]]:
    """The figures of the tables in full, for JSON."""
    entries: list[dict[str, object]] = []
    for (part, method), runs in groups.items():
        final = [run.result(False) for run in runs]
        counts, (false, missed) = count_videos(final), count_kinds(runs)
        labelled = any(len(video.labels) for video in final)
        rates = rate_figures([run.result(True) for run in runs]) if labelled else {}
        entries.append(
            {
                'part': part,
                'method': method,
                'seeds': sorted({run.method.seed for run in runs}),
                'films': len(runs),
                'minutes': minutes_of(runs),
                'counts': {name: vars(counts[name]) for name in (*CLASSES, OVERALL)},
                'f1': counts[OVERALL].f1 if labelled else None,
                'false_per_minute': vars(false_rate(runs)),
                'rates': {name: {key: vars(v) for key, v in row.items()} for name, row in rates.items()},
                'false': dict(false),
                'missed': dict(missed),
                'without_face': sum(bool(run.error) for run in runs),
            }
        )
    return entries


def plot_films(groups: Groups, path: Path) -> Path:
    """Draw F1 of the parts with labels, and false detections per minute of all parts."""
    parts = list(dict.fromkeys(part for part, _ in groups))
    methods = list(dict.fromkeys(method for _, method in groups))
    labelled = [p for p in parts if any(len(r.film.labels) for m in methods for r in groups.get((p, m), []))]
    f1: dict[str, list[float]] = {}
    false: dict[str, list[Interval | None]] = {}
    for method in methods:
        f1[method] = [
            count_videos([run.result(False) for run in groups[part, method]])[OVERALL].f1
            if (part, method) in groups
            else float('nan')
            for part in labelled
        ]
        false[method] = [
            false_rate(groups[part, method]) if (part, method) in groups else None for part in parts
        ]
    return plot_false_rates(f1, labelled, false, parts, path)


def _interval(interval: Interval, digits: int = 3) -> str:
    return f'{interval.value:.{digits}f} ({interval.low:.{digits}f} to {interval.high:.{digits}f})'


def _mean(total: int, seeds: int) -> str:
    return f'{total / seeds:.1f}'.removesuffix('.0')


def _kinds(kinds: Counter[str]) -> str:
    return ', '.join(f'{kind} {count}' for kind, count in kinds.most_common()) or '-'
