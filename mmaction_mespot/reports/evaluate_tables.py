"""The tables of `tools/evaluate.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from mmaction_mespot.evaluation.functional.ap import average_precision, mean_average_precision
from mmaction_mespot.evaluation.functional.bootstrap import bootstrap_difference, bootstrap_f1
from mmaction_mespot.evaluation.functional.counts import (
    AGNOSTIC,
    COUNTED_NAMES,
    OVERALL,
    ROWS,
    Counts,
    count_by_subject,
    count_videos,
)
from mmaction_mespot.evaluation.functional.explanation import explain_matches
from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.evaluation.functional.rates import RATES, false_per_minute, rate_figures
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.reports.evaluate_input import EvaluationInput
from mmaction_mespot.reports.tables import Cell, EvaluationTable

COUNT_HEADER = ('TP', 'FP', 'FN', 'P', 'R', 'F1')
AP_IOU = 0.5
RANK_HEADER = ('FP/min', 'AP', *(f'R@{rate:g}/min' for rate in RATES))


def rank_cells(
    given: EvaluationInput, protocol: Protocol, name: str = OVERALL, scored: bool | None = None
) -> list[Cell]:
    """Cells below :data:`RANK_HEADER`: of the kept detections their rate, of all candidates the rest.

    What the files do not tell is None: rates without the lengths of all videos, AP and recall where all
    scores are equal (``scored``, which a part takes over from the whole).
    """
    videos = given.final_videos
    rate = false_per_minute(count_videos(videos, protocol)[name].fp, videos) if given.timed else None
    if not (given.scored if scored is None else scored):
        return [rate, *[None] * (1 + len(RATES))]
    figures = rate_figures(given.videos, protocol)[name]
    recalls = [figures[f'R@{r:g}/min'].value if given.timed else None for r in RATES]
    return [rate, figures['AP'].value, *recalls]


def count_cells(counts: Counts) -> list[Cell]:
    """Cells below :data:`COUNT_HEADER`."""
    return [counts.tp, counts.fp, counts.fn, counts.precision, counts.recall, counts.f1]


def counts_table(given: EvaluationInput, protocol: Protocol) -> EvaluationTable:
    """Counts of each class, overall and without regard to the class; rates, AP and recall at stated rates."""
    counts = count_videos(given.final_videos, protocol)
    ap: dict[str, list[Cell]] = {}
    if given.scored:
        at_half = average_precision(given.videos, replace(protocol, iou_threshold=AP_IOU))
        mean = mean_average_precision(given.videos, protocol)
        ap = {name: [at_half[name], mean[name]] for name in CLASSES}
        ap[OVERALL] = [sum(at_half.values()) / len(at_half), mean['mAP']]
    rows = []
    for name in COUNTED_NAMES:
        rate, _, *recalls = rank_cells(given, protocol, name) if name in ROWS else [None] * len(RANK_HEADER)
        rows.append([name, *count_cells(counts[name]), *ap.get(name, [None, None]), rate, *recalls])
    title = f'{given.name}, protocol {protocol.name} ({protocol.iou_text}): {given.kept}'
    rate_name, _, *recall_names = RANK_HEADER
    header = ('class', *COUNT_HEADER, 'AP@0.5', 'mAP@0.3:0.7', rate_name, *recall_names)
    return EvaluationTable('counts', title, header, rows)


def rates_table(given: EvaluationInput, protocol: Protocol, samples: int) -> EvaluationTable:
    """F1, false detections per minute, AP and recall at stated rates, each with its interval over people.

    AP and recall rank all candidates one to one within their class; where all scores are equal they are left
    out.
    """
    videos = given.final_videos
    f1, counts = bootstrap_f1(videos, protocol, samples), count_videos(videos, protocol)
    ranked = rate_figures(given.videos, protocol, samples) if given.scored else {}
    names = ['AP', *(f'R@{rate:g}/min' for rate in RATES)]
    rows: list[list[Cell]] = []
    for name in ROWS:
        row: list[Cell] = [name, f1[name].value, f1[name].low, f1[name].high]
        row.append(false_per_minute(counts[name].fp, videos) if given.timed else None)
        for key in names:
            figure = ranked[name][key] if ranked and (given.timed or key == 'AP') else None
            row += [None] * 3 if figure is None else [figure.value, figure.low, figure.high]
        rows.append(row)
    header = ['class', 'F1', 'low', 'high', 'FP/min']
    header += [column for key in names for column in (key, f'{key} low', f'{key} high')]
    subjects = len({video.subject for video in videos})
    title = f'{given.name}: 95 % intervals over {samples} draws of {subjects} subjects'
    return EvaluationTable('rates', title, header, rows)


def protocols_table(given: EvaluationInput, protocols: Sequence[Protocol]) -> EvaluationTable:
    """The same detections under several protocols, one row each."""
    rows: list[list[Cell]] = []
    for protocol in protocols:
        kept = given.under(protocol)
        counts = count_videos(kept.final_videos, protocol)
        by_class: list[Cell] = []
        for name in CLASSES:
            c = counts[name]
            by_class += [f'{c.tp} / {c.fp} / {c.fn}', c.f1]
        rows.append(
            [
                protocol.name,
                *by_class,
                *count_cells(counts[OVERALL]),
                counts[AGNOSTIC].f1,
                *rank_cells(kept, protocol),
            ]
        )
    header = ['protocol']
    for name in CLASSES:
        header += [f'{name} TP / FP / FN', f'{name} F1']
    header += [*COUNT_HEADER, 'agnostic F1', *RANK_HEADER]
    return EvaluationTable('protocols', f'{given.name}, all protocols: {given.kept}', header, rows)


def subjects_table(given: EvaluationInput, protocol: Protocol) -> EvaluationTable:
    """Counts of each subject."""
    videos = given.final_videos
    rows: list[list[Cell]] = []
    for subject, counts in count_by_subject(videos, protocol).items():
        number = sum(video.subject == subject for video in videos)
        by_class = [counts[name].f1 for name in CLASSES]
        ranks = rank_cells(given.of_subject(subject), protocol, scored=given.scored)
        rows.append([subject, number, *by_class, *count_cells(counts[OVERALL]), *ranks])
    header = ('subject', 'videos', *(f'{name} F1' for name in CLASSES), *COUNT_HEADER, *RANK_HEADER)
    return EvaluationTable('subjects', f'{given.name}, protocol {protocol.name}, by subject', header, rows)


def iou_sweep_table(
    given: EvaluationInput, protocol: Protocol, thresholds: Sequence[float]
) -> EvaluationTable:
    """Precision, recall and F1 over T_eval: the shape of the paper's Table I."""
    rows: list[list[Cell]] = []
    for threshold in thresholds:
        at = replace(protocol, iou_threshold=threshold)
        counts = count_videos(given.final_videos, at)
        ratios = [(counts[name].precision, counts[name].recall, counts[name].f1) for name in ROWS]
        rows.append([f'{threshold:.2f}', *(v for three in ratios for v in three), *rank_cells(given, at)])
    header = ['T_eval', *(f'{name} {ratio}' for name in ROWS for ratio in ('P', 'R', 'F1')), *RANK_HEADER]
    return EvaluationTable('sweep_iou', f'{given.name}, protocol {protocol.name}: IoU', header, rows)


def top_sweep_table(
    given: EvaluationInput, protocol: Protocol, fractions: Sequence[float]
) -> EvaluationTable:
    """F1 over Top_threshold, the kept share of a video's candidates: the shape of the paper's Table II."""
    rows: list[list[Cell]] = []
    for fraction in fractions:
        kept = replace(given, top_threshold=fraction, thresholds=None, pooled=())
        counts = count_videos(kept.final_videos, protocol)
        rows.append([f'{fraction:.2f}', *(counts[name].f1 for name in ROWS), *rank_cells(kept, protocol)])
    title = f'{given.name}, protocol {protocol.name}: F1 by Top_threshold'
    header = ('Top_threshold', *CLASSES, 'All', *RANK_HEADER)
    return EvaluationTable('sweep_top_threshold', title, header, rows)


def comparison_table(
    a: EvaluationInput, b: EvaluationInput, protocol: Protocol, samples: int
) -> EvaluationTable:
    """F1 of two results on the same videos, and their difference with its 95 % interval over subjects."""
    counts = [count_videos(one.final_videos, protocol) for one in (a, b)]
    differences = bootstrap_difference(a.final_videos, b.final_videos, protocol, samples)
    rows: list[list[Cell]] = []
    for name in COUNTED_NAMES:
        pairs = [(f'{c[name].tp} / {c[name].fp} / {c[name].fn}', c[name].f1) for c in counts]
        d = differences[name]
        row: list[Cell] = [name, *pairs[0], *pairs[1], d.value, d.low, d.high]
        for one in (a, b):
            row += rank_cells(one, protocol, name) if name in ROWS else [None] * len(RANK_HEADER)
        rows.append(row)
    header = ['class', 'A TP / FP / FN', 'A F1', 'B TP / FP / FN', 'B F1', 'A - B', '2.5 %', '97.5 %']
    header += [f'{one} {column}' for one in 'AB' for column in RANK_HEADER]
    subjects = len({video.subject for video in a.videos})
    draws = f'interval over {samples} draws of {subjects} subjects'
    title = f'A: {a.name}, B: {b.name}, protocol {protocol.name}; {draws}'
    return EvaluationTable('comparison', title, header, rows)


def explanation_table(given: EvaluationInput, protocol: Protocol) -> EvaluationTable:
    """Every label and detection with its match and the reason; frames counted as the input counts them."""
    entries = explain_matches(given.final_videos, protocol)
    rows: list[list[Cell]] = [
        [
            e.video_id,
            e.name,
            e.class_name,
            f'{e.segment[0] + given.first_frame:g}',
            f'{e.segment[1] + given.first_frame - given.inclusive:g}',
            e.score,
            e.outcome,
            e.match or None,
            e.iou,
            e.why,
        ]
        for e in entries
    ]
    last = 'last frame' if given.inclusive else 'one past the last frame'
    counted = f'frames from {given.first_frame}, end is the {last}'
    header = ('video', 'event', 'class', 'start', 'end', 'score', 'outcome', 'match', 'IoU', 'why')
    breaks = frozenset(i for i, (e, f) in enumerate(pairwise(entries)) if e.video_id != f.video_id)
    title = f'{given.name}, protocol {protocol.name}: every label and detection; {counted}'
    return EvaluationTable('explanation', title, header, rows, breaks)
