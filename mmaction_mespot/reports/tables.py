"""Tables of results, for the terminal, for files and for the reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from mmaction_mespot.evaluation.functional.counts import ALL_PARTS, OVERALL, ROWS, Counts, count_videos
from mmaction_mespot.evaluation.functional.dump import load_dump
from mmaction_mespot.evaluation.functional.video_result import VideoResult

Cell = str | int | float | None


@dataclass(frozen=True)
class EvaluationTable:
    """Rows of results.

    Attributes:
        name: Key in files.
        title: Line above the table.
        header: Names of the columns.
        rows: Cells; None is shown as ``-``.
        sections: Rows after which a line is drawn in the terminal.
        digits: Decimals of floats as they are shown; four, as in the tables of the field.
    """

    name: str
    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    sections: frozenset[int] = frozenset()
    digits: int = 4

    def rich(self) -> Table:
        """For the terminal."""
        table = Table(title=self.title, title_justify='left', title_style='bold')
        for i, name in enumerate(self.header):
            numeric = any(isinstance(row[i], int | float) for row in self.rows)
            table.add_column(name, justify='right' if numeric else 'left', overflow='fold')
        for i, row in enumerate(self.rows):
            table.add_row(*self.texts(row), end_section=i in self.sections)
        return table

    def markdown(self) -> str:
        """For a Markdown page."""
        return f'## {self.title}\n\n{markdown_table(self.header, [self.texts(row) for row in self.rows])}\n'

    def records(self) -> list[dict[str, Any]]:
        """For JSON: one object per row, numbers in full."""
        return [dict(zip(self.header, row, strict=True)) for row in self.rows]

    def texts(self, row: Sequence[Cell]) -> list[str]:
        """Cells as they are shown."""
        return ['-' if c is None else f'{c:.{self.digits}f}' if isinstance(c, float) else str(c) for c in row]


F1_HEADER = ('part', 'class', 'TP', 'FP', 'FN', 'P', 'R', 'F1')
BESIDE_HEADER = ('', *(f'{name} F1' for name in ROWS), 'right', 'false', 'missed')


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


def beside_rows(dumps: Mapping[str, Path]) -> list[list[str]]:
    """Rows of several results on the same videos, as `BESIDE_HEADER` names them.

    Args:
        dumps: Dump of each result by its name.
    """
    rows = []
    for name, path in dumps.items():
        dump = load_dump(path)
        counts = count_videos(dump.final_videos(), dump.metainfo['iou_threshold'])
        overall = counts[OVERALL]
        numbers = [str(value) for value in (overall.tp, overall.fp, overall.fn)]
        rows.append([name, *(f'{counts[row].f1:.3f}' for row in ROWS), *numbers])
    return rows
