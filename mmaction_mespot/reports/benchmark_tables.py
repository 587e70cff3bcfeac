"""Tables and the picture of the benchmark."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.bootstrap import Interval, bootstrap_difference, bootstrap_f1
from mmaction_mespot.evaluation.functional.counts import ALL_PARTS, OVERALL, ROWS, Counts, count_videos
from mmaction_mespot.evaluation.functional.dump import Dump
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.reports.benchmark import Runs
from mmaction_mespot.reports.tables import markdown_table
from mmaction_mespot.visualization.bars import plot_bars


def part_names(runs: Runs) -> list[str | None]:
    """Parts of the videos, in the order of the first dump."""
    first = next(iter(runs.values()))[0]
    return list(dict.fromkeys(video.part for video in first.videos))


def part_videos(dump: Dump, part: str | None) -> list[VideoResult]:
    """Final detections of the videos of one part."""
    return [video for video in dump.final_videos() if video.part == part]


def result_table(runs: Runs) -> str:
    """F1 of each method on each part: mean and standard deviation over the seeds, counts, intervals.

    The interval resamples whole people, with the runs of all seeds of a person together.

    Args:
        runs: Dumps by method.

    Returns:
        A Markdown table.
    """
    header = ['part', 'method', 'runs', *(f'{name} F1' for name in ROWS), 'overall, 95 % over people']
    header += [f'{name} TP / FP / FN' for name in ROWS]
    rows = []
    for part in part_names(runs):
        for method, dumps in runs.items():
            counts = [_counts(dump, part) for dump in dumps]
            pooled = [video for dump in dumps for video in part_videos(dump, part)]
            interval = bootstrap_f1(pooled, _iou(dumps))[OVERALL]
            f1 = [mean_and_spread([c[name].f1 for c in counts]) for name in ROWS]
            numbers = [_mean_counts([c[name] for c in counts]) for name in ROWS]
            rows.append([part or ALL_PARTS, method, str(len(dumps)), *f1, _limits(interval), *numbers])
    return markdown_table(header, rows)


def difference_table(runs: Runs, reference: str) -> str:
    """Overall F1 of each method minus that of a reference, with the interval over people.

    Args:
        runs: Dumps by method.
        reference: The method to compare with.

    Returns:
        A Markdown table; both methods see the same draws of people.

    Raises:
        MESpotError: If there is no such method.
    """
    if reference not in runs:
        raise MESpotError(f'reference {reference!r} expected among {", ".join(runs)}')
    rows = []
    for part in part_names(runs):
        base = [video for dump in runs[reference] for video in part_videos(dump, part)]
        for method, dumps in runs.items():
            if method == reference:
                continue
            pooled = [video for dump in dumps for video in part_videos(dump, part)]
            interval = bootstrap_difference(pooled, base, _iou(dumps))[OVERALL]
            rows.append([part or ALL_PARTS, method, f'{interval.value:+.3f}', _limits(interval)])
    return markdown_table(['part', 'method', f'overall F1 minus {reference}', '95 % over people'], rows)


def plot_benchmark(runs: Runs, path: str | Path) -> Path:
    """Draw the overall F1 of each method on each part, with the standard deviation over the seeds."""
    parts = part_names(runs)
    values: dict[str, list[float]] = {}
    spreads: dict[str, list[float]] = {}
    for method, dumps in runs.items():
        scores = [[_counts(dump, part)[OVERALL].f1 for dump in dumps] for part in parts]
        values[method] = [float(np.mean(row)) for row in scores]
        spreads[method] = [spread(row) for row in scores]
    return plot_bars(values, [part or ALL_PARTS for part in parts], path, spreads, 'overall F1')


def mean_and_spread(values: Sequence[float]) -> str:
    """``mean +- standard deviation`` (n - 1), or the value alone for a single run."""
    mean = f'{np.mean(values):.3f}'
    return mean if len(values) == 1 else f'{mean} ± {spread(values):.3f}'


def spread(values: Sequence[float]) -> float:
    """Standard deviation with n - 1; 0 for a single run."""
    return float(np.std(values, ddof=1)) if len(values) > 1 else 0.0


def _counts(dump: Dump, part: str | None) -> dict[str, Counts]:
    return count_videos(part_videos(dump, part), dump.metainfo['iou_threshold'])


def _mean_counts(counts: Sequence[Counts]) -> str:
    """``TP / FP / FN``, averaged over the runs."""
    means = np.mean([(c.tp, c.fp, c.fn) for c in counts], axis=0)
    return ' / '.join(f'{value:g}' for value in means.round(1))


def _limits(interval: Interval) -> str:
    return f'{interval.low:.3f} to {interval.high:.3f}'


def _iou(dumps: Sequence[Dump]) -> float:
    return float(dumps[0].metainfo['iou_threshold'])
