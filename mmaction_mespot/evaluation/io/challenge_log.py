"""The log file that the challenges of 2020 and 2021 asked for: labels and detections side by side."""

from __future__ import annotations

from collections.abc import Sequence

from mmaction_mespot.delimited_text import TextRow
from mmaction_mespot.evaluation.io.csv_layout import CsvLayout

LOG_LAYOUT = CsvLayout(video='1', start='2', end='3', first_frame=1, inclusive=True)
"""Of the rows that :func:`detections_of_log` gives."""

_RESULTS = ('TP', 'FP', 'FN')
_CELLS = 6


def detections_of_log(rows: Sequence[TextRow]) -> list[TextRow] | None:
    """The detections of a log file.

    A row is ``video, label onset, label offset, detected onset, detected offset, TP or FP or FN``, with ``-``
    or ``__`` for what there is not. A line with one number begins a data set, and an asterisk ends a video's
    name in some files. LGSNet writes ``_`` for what there is not, and the detection before the label.

    Args:
        rows: Rows of a table.

    Returns:
        Rows of video, onset and offset, each detection once, though it stands beside every label that it
        hits; None if the table is no such file.
    """
    events = [row for row in rows if len(row.cells) > 1]
    if not events or any(len(row.cells) != _CELLS or row.cells[-1].upper() not in _RESULTS for row in events):
        return None
    found: dict[tuple[str, str, str], TextRow] = {}
    first = 1 if any('_' in row.cells[1:5] for row in events) else 3
    for row in events:
        start, end = row.cells[first : first + 2]
        if start.strip('-_') or end.strip('-_'):
            cells = (row.cells[0].rstrip('*'), start, end)
            found.setdefault(cells, TextRow(row.number, cells))
    return list(found.values())
