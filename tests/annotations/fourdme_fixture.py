"""Writes small trees in the layout of 4DME."""

from __future__ import annotations

from pathlib import Path

from casme2_fixture import write_frames
from table_files import write_xlsx

HEADER = ['Subject', 'Filename', 'Onset', 'Apex', 'Offset', 'AU', 'Type']

VIDEOS = {'01/01_disgust': (120, 1801), '01/02_happy': (90, 1), '12/01_disgust': (60, 241)}
LABELS: list[list] = [
    ['01', '01_disgust', 1826, 1840, 1860, '4', 'Micro-expression'],  # row 2
    [1, '1_Disgust', 1870, 1880, 1919, '4+7', 'Macro-expression'],
    [1, '02_happy ', 5, 5, 60, '12', 'Macro-expression'],
    [12, '01_disgust', 241, -1, 300, '12', 'Micro-expression'],
]
ROWS = range(2, 6)


def write_fourdme_frames(root: Path) -> Path:
    """Write the grey long videos."""
    for video, (total, first) in VIDEOS.items():
        write_frames(
            root / 'long_gray_video' / 'long gray video' / video, total, 'Frame_{:09d}.jpg', (16, 12), first
        )
    return root


def write_fourdme_table(root: Path, sheets: dict[str, list[list]] | None = None) -> None:
    """Write the workbook."""
    sheets = {'Sheet1': [HEADER, *LABELS]} if sheets is None else sheets
    write_xlsx(root / 'Micro and Macro-expression labels.xlsx', sheets)
