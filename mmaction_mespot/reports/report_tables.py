"""Tables of the reports."""

from __future__ import annotations

from collections.abc import Sequence

from mmaction_mespot.evaluation.functional.counts import OVERALL, Counts, count_videos
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES

ALL_PARTS = 'all'
ROWS = (*CLASSES, OVERALL)
F1_HEADER = ('part', 'class', 'TP', 'FP', 'FN', 'P', 'R', 'F1')


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the first column reads from the left, numbers from the right."""
    lines = [list(header), ['---', *['---:'] * (len(header) - 1)], *map(list, rows)]
    return '\n'.join(f'| {" | ".join(line)} |' for line in lines)


def part_counts(videos: Sequence[VideoResult], iou_threshold: float) -> dict[str, dict[str, Counts]]:
    """Counts of each part in the order of the videos; several parts are followed by all together.

    Args:
        videos: Videos with their final detections.
        iou_threshold: Smallest IoU of a match.

    Returns:
        By part, then by class name and ``overall``.
    """
    names = list(dict.fromkeys(video.part for video in videos))
    counts = {
        name or ALL_PARTS: count_videos([v for v in videos if v.part == name], iou_threshold)
        for name in names
    }
    if len(names) > 1:
        counts[ALL_PARTS] = count_videos(videos, iou_threshold)
    return counts


def f1_rows(counts: dict[str, dict[str, Counts]]) -> list[list[str]]:
    """Rows of the F1 table, as `F1_HEADER` names them."""
    rows = []
    for part, by_class in counts.items():
        for name in ROWS:
            c = by_class[name]
            ratios = [f'{value:.3f}' for value in (c.precision, c.recall, c.f1)]
            rows.append([part, name, str(c.tp), str(c.fp), str(c.fn), *ratios])
    return rows
