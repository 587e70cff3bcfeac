"""Writes small trees in the exact layout of CAS(ME)^2, with the quirks of its workbook."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import openpyxl

NAMING_RULE_1 = [(15, 's15', 1), (16, 's16', 2), (19, 's19', 3)]
NAMING_RULE_2 = [
    ('0101', 'disgust1'),
    ('0102', 'disgust2'),
    ('0401', 'anger1'),
    ('0402', 'anger2'),
    ('0502', 'happy1'),
    ('0503', 'happy2'),
    ('0505', 'happy3'),
    ('0507', 'happy4'),
    ('0508', 'happy5'),
]

VIDEOS = {
    's15/15_0101disgustingteeth': 120,
    's15/15_0502funnyerrors': 1005,
    's16/16_0401girlcrashing': 100,
    's19/19_0102eatingworms': 90,
}
"""Frames by the folder; two digits more than the padding in the second, no event in the last."""

LABELS: list[tuple] = [
    # subject, video, onset, apex, offset, action units, emotion, type, self-report
    (1, 'disgust1_1', 10, 20, 40, '4+7', 'disgust', 'macro-expression', 'disgust'),
    (1, 'disgust1_2', 50, 58, 0, '4', 'negative', 'macro-expression', 'disgust'),
    (1, 'disgust1_10', 60, 65, 70, 'L12', 'others', 'micro-expression', 'disgust'),
    (1, ' happy1_1 ', 990, 1000, 1005, '6+12', 'happyiness', 'macro-expression', 'happy'),
    (1, 'happy1_3', 100, 0, 130, '12', 'happiness', 'macro-expression', 'happyiness'),
    (1, 'happy1_4', 200, 240, 230, '12', 'happiness', 'macro-expression', 'happy'),
    (2, 'anger1_10', 30, 36, 46, '4', 'anger', 'micro-expression', 'anger'),
    (2, 'anger1_11', 30, 40, 60, '4', 'anger', 'macro-expression', 'anger'),
    (2, 'anger1_2', 90, 95, 0, None, 'anger', 'macro-expression', 'anger'),
]


def write_frames(
    folder: Path,
    total: int,
    template: str = 'img{:03d}.jpg',
    size: tuple[int, int] = (32, 24),
    first: int = 1,
) -> None:
    """Write equal grey frames numbered from `first`."""
    folder.mkdir(parents=True)
    data = cv2.imencode('.jpg', np.full((size[1], size[0], 3), 128, np.uint8))[1].tobytes()
    for number in range(first, first + total):
        (folder / template.format(number)).write_bytes(data)


def write_workbook(
    path: Path,
    labels: list[tuple] | None = None,
    naming_rule_2: list[tuple] | None = None,
    blank_rows_above: int = 0,
) -> None:
    """Write the three sheets, without headers, `naming rule1` with one row per event."""
    labels = LABELS if labels is None else labels
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = 'CASFEcode_final'
    for number, row in enumerate(labels, start=1 + blank_rows_above):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column, value)
    sheet = book.create_sheet('naming rule1')
    for row in labels:
        sheet.append(next((names for names in NAMING_RULE_1 if names[2] == row[0]), NAMING_RULE_1[0]))
    sheet = book.create_sheet('naming rule2')
    for row in NAMING_RULE_2 if naming_rule_2 is None else naming_rule_2:
        sheet.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


def write_casme2(
    root: Path,
    tree: str = 'rawpic',
    workbook: str = 'CAS(ME)^2code_final.xlsx',
    labels: list[tuple] | None = None,
    videos: dict[str, int] | None = None,
) -> Path:
    """Write a download: one frame tree and the workbook; gives the root."""
    template = 'img{:03d}.jpg' if tree.endswith('rawpic') else 'img_{:d}.jpg'
    for folder, total in (VIDEOS if videos is None else videos).items():
        write_frames(root / tree / folder, total, template)
    write_workbook(root / workbook, labels)
    return root
