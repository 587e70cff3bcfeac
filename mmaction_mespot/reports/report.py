"""The report of a test: one Markdown page with pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from mmaction_mespot.atomic_file import write_whole
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.counts import ROWS
from mmaction_mespot.evaluation.functional.dump import Dump, load_dump
from mmaction_mespot.evaluation.functional.outcomes import Outcome, video_outcomes
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.reports.report_cases import best_cases, build_case, worst_cases
from mmaction_mespot.reports.report_data import ReportData, load_report_data
from mmaction_mespot.reports.report_errors import (
    KnownEvents,
    VideoKey,
    amplitude_rows,
    error_rows,
    false_reason,
    miss_reason,
)
from mmaction_mespot.reports.tables import (
    BESIDE_HEADER,
    F1_HEADER,
    beside_rows,
    f1_rows,
    markdown_table,
    part_counts,
)
from mmaction_mespot.visualization.bars import plot_bars
from mmaction_mespot.visualization.cases import plot_cases
from mmaction_mespot.visualization.loss_curves import find_scalars, plot_loss_curves, read_scalars
from mmaction_mespot.visualization.timeline import plot_timeline

Reasons = list[tuple[Outcome, str]]
Videos = dict[VideoKey, VideoResult]


def write_report(
    dump_path: str | Path,
    out: str | Path,
    work_dir: str | Path | None = None,
    prepared: Sequence[str | Path] = (),
    beside: Mapping[str, str | Path] | None = None,
) -> Path:
    """Write ``report.md`` and its pictures.

    Args:
        dump_path: What the metric wrote at the test.
        out: Folder of the report, made if needed.
        work_dir: Work folder of the training, for the loss curves; None leaves them out.
        prepared: Prepared data sets of the tested videos, for the frames of the cases; empty leaves them out.
        beside: Dumps of other results on the same videos, by name, for a table. Defaults to None.

    Returns:
        Path of ``report.md``.

    Raises:
        FileNotFoundError: If the dump or the annotations of a prepared set are not there.
        MESpotError: If the dump holds no video or no thresholds.
    """
    dump, out = load_dump(dump_path), Path(out)
    thresholds, iou = read_thresholds(dump, dump_path), float(dump.metainfo['iou_threshold'])
    videos: Videos = {(video.part, video.video_id): video for video in dump.videos}
    if not videos:
        raise MESpotError(f'{dump_path} holds no video')
    outcomes = [o for video in videos.values() for o in video_outcomes(video, thresholds, iou)]
    data = load_report_data(prepared)
    reasons = explain(outcomes, videos, thresholds, iou, data.events)
    out.mkdir(parents=True, exist_ok=True)
    lines = ['# Report', '', *_result_lines(dump, thresholds, iou, out)]
    lines += _beside_lines(dump_path, beside or {})
    lines += _loss_lines(work_dir, out)
    lines += _case_lines(outcomes, reasons, videos, thresholds, data, out)
    lines += _error_lines(outcomes, reasons, data.events)
    lines += _timeline_lines(videos, thresholds, iou, out)
    path = out / 'report.md'
    write_whole(path, '\n'.join(lines) + '\n')
    return path


def read_thresholds(dump: Dump, origin: str | Path) -> list[float]:
    """Threshold of each class of a dump, in the order of `CLASSES`.

    Raises:
        MESpotError: If the dump holds none.
    """
    found = dump.metainfo['thresholds']
    if found is None:
        raise MESpotError(f'{origin}: metainfo.thresholds expected for a report, found none')
    return [float(found[name]) for name in CLASSES]


def explain(
    outcomes: Sequence[Outcome],
    videos: Mapping[VideoKey, VideoResult],
    thresholds: Sequence[float],
    iou: float,
    events: Mapping[VideoKey, KnownEvents],
) -> Reasons:
    """Each missed label and each false detection with its reason."""
    reasons = []
    for outcome in outcomes:
        key = (outcome.part, outcome.video_id)
        if outcome.kind == 'FN':
            reasons.append((outcome, miss_reason(outcome, videos[key], thresholds, iou)))
        elif outcome.kind == 'FP':
            reasons.append((outcome, false_reason(outcome, videos[key], events.get(key), iou)))
    return reasons


def _result_lines(dump: Dump, thresholds: Sequence[float], iou: float, out: Path) -> list[str]:
    """F1 table, thresholds, bars."""
    videos = dump.videos
    people = len({video.subject for video in videos})
    minutes = sum(video.total_frames / video.fps for video in videos) / 60
    counts = part_counts([video.with_thresholds(thresholds) for video in videos], iou)
    plot_bars(
        {name: [by_class[name].f1 for by_class in counts.values()] for name in ROWS},
        list(counts),
        out / 'f1.png',
    )
    named = ', '.join(f'{name} {value:.3f}' for name, value in zip(CLASSES, thresholds, strict=True))
    return [
        f'{len(videos)} videos of {people} people, {minutes:.1f} minutes. A detection is right when its IoU '
        f'with a label of its class is at least {iou:g}, each label once.',
        '',
        markdown_table(F1_HEADER, f1_rows(counts)),
        '',
        f'Thresholds: {named} ({dump.metainfo["threshold_source"]}).',
        '',
        '![F1 by part](f1.png)',
        '',
    ]


def _beside_lines(dump_path: str | Path, beside: Mapping[str, str | Path]) -> list[str]:
    """This result among others."""
    if not beside:
        return []
    dumps = {name: Path(path) for name, path in {'this': dump_path, **beside}.items()}
    return ['## Beside others', '', markdown_table(BESIDE_HEADER, beside_rows(dumps)), '']


def _loss_lines(work_dir: str | Path | None, out: Path) -> list[str]:
    """Loss curves, where a training is known."""
    scalars = None if work_dir is None else find_scalars(work_dir)
    if scalars is None:
        return []
    plot_loss_curves(read_scalars(scalars), out / 'loss.png')
    return ['## Training', '', '![Loss and validation F1](loss.png)', '']


def _case_lines(
    outcomes: Sequence[Outcome],
    reasons: Reasons,
    videos: Videos,
    thresholds: Sequence[float],
    data: ReportData,
    out: Path,
) -> list[str]:
    """Pictures of the best and the worst cases."""
    why = {id(outcome): reason for outcome, reason in reasons}
    lines: list[str] = []
    chosen = {'best': best_cases(outcomes), 'worst': worst_cases(outcomes, thresholds)}
    for name, selected in chosen.items():
        keys = [(outcome.part, outcome.video_id) for outcome in selected]
        cases = [
            build_case(outcome, videos[key], thresholds, data.videos[key], why.get(id(outcome)))
            for key, outcome in zip(keys, selected, strict=True)
            if key in data.videos
        ]
        if cases:
            plot_cases(cases, out / f'{name}.png')
            lines += [f'## The {name} cases', '', f'![The {name} cases]({name}.png)', '']
    return lines


def _error_lines(
    outcomes: Sequence[Outcome],
    reasons: Reasons,
    events: Mapping[VideoKey, KnownEvents],
) -> list[str]:
    """What the errors are made of."""
    lines = ['## What the errors are made of', '']
    for kind, title in (('FN', 'Labels missed'), ('FP', 'False detections')):
        rows = error_rows(reasons, kind)
        if rows:
            lines += [markdown_table([title, *CLASSES], rows), '']
    amplitudes = amplitude_rows(outcomes, events)
    if amplitudes:
        header = ['class', 'amplitude (inter-ocular distances)', 'found', 'labels', 'share']
        lines += ['Found by the strength of the movement:', '', markdown_table(header, amplitudes), '']
    hits = [outcome.iou for outcome in outcomes if outcome.kind == 'TP']
    if hits:
        lines += [f'Mean IoU of the {len(hits)} hits: {np.mean(hits):.2f}.', '']
    return lines


def _timeline_lines(
    videos: Videos,
    thresholds: Sequence[float],
    iou: float,
    out: Path,
) -> list[str]:
    """A timeline of each video."""
    lines = ['## Timelines', '']
    for (part, video_id), video in videos.items():
        name = f'timelines/{part}_{video_id}.png' if part else f'timelines/{video_id}.png'
        plot_timeline(video, thresholds, out / name, iou)
        lines += [f'![{video_id}]({name})', '']
    return lines
