"""Writes small trees in the exact layout of CAS(ME)^3 part A, with the quirks of its tables."""

from __future__ import annotations

from pathlib import Path

from casme2_fixture import write_frames
from table_files import write_xls, write_xlsx

HEADER = ['Subject', 'Filename', 'Onset', 'Apex', 'Offset', 'AU', 'Expression type', 'Objective class']
ME_HEADER = ['Subject', 'Filename', 'Onset', 'Apex', 'Offset', 'AU', 'Objective class', 'emotion']
MAE_HEADER = ['sub', 'seq', 'onset', 'apex', 'offset', 'AU', 'emotion']

# Frames, number of the first one (not always 1).
VIDEOS = {'spNO.1/a': (100, 8), 'spNO.1/b': (60, 1), 'spNO.14/a': (70, 1), 'spNO.14/c': (20, 31)}
LABELS: list[list] = [
    ['spNO.1', 'a', 10, 15, 20, '4+7', 'Macro-expression', 'I'],  # row 2
    ['spNO.1 ', 'A', 40, 46, 50, '12', 'Micro-expression', 'VII'],
    ['spNO.1', 'a', 5, 9, 12, '12', 'Macro-expression', 'I'],
    ['spNO.1', 'b', 21, 30, 51, '1', 'Micro-expression', 'II'],  # 31 frames: longer than a second
    ['spNO.14', 'a', 60, 65, 70, None, 'Macro-expression', 'I'],
    ['spNO.14', 'a', 10, 0, 0, None, 'Macro-expression', 'I'],
    ['spNO.14', 'a', 30, 40, 0, None, 'Micro-expression', 'I'],  # row 8
]
ROWS = range(2, 9)
ME_LABELS: list[list] = [['spNO.1', 'b', 21, 30, 51, '1', 'II', 'surprise']]
MAE_LABELS: list[list] = [['spNO.1', 'a', 10, 15, 20, '4+7', 'anger']]


def write_casme3_frames(root: Path) -> Path:
    """Write colour and depth frames, unpadded names."""
    for video, (total, first) in VIDEOS.items():
        write_frames(root / 'part_A' / video / 'color', total, '{:d}.jpg', (16, 12), first)
        write_frames(root / 'part_A' / video / 'depth', 1, '{:d}.png', (16, 12), first)
    return root


def write_casme3_table(
    root: Path, labels: list[list], name: str = 'annotation/CAS(ME)3_part_A_v2.xls'
) -> None:
    """Write the table of both classes."""
    rows = [HEADER, *labels]
    if name.endswith('.xls'):
        write_xls(root / name, rows)
    else:
        write_xlsx(root / name, {'Sheet1': rows})


def write_single_tables(root: Path) -> None:
    """Write the tables of one class each."""
    write_xlsx(root / 'cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx', {'label': [ME_HEADER, *ME_LABELS]})
    name = 'cas(me)3_part_A_MaE_label_JpgIndex_v2_emotion.xlsx'
    write_xlsx(root / name, {'Sheet1': [MAE_HEADER, *MAE_LABELS]})
