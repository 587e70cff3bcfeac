"""Writes small trees in the exact layout of SMIC-E-long, with the quirks of its workbooks."""

from __future__ import annotations

from pathlib import Path

from casme2_fixture import write_frames
from table_files import write_xlsx

HEADER = ['Subject', 'Filename', 'Camera', 'OnsetF', 'OffsetF', 'Emotion', 'FirstF', 'LastF']

# Frames, number of the first one: as in the recording, or numbered anew.
VIDEOS = {'s01/s1_ne_01': (80, 1001), 's01/s1_po_05': (60, 1), 's13/s13_sur_02': (50, 2201)}
LABELS: list[list] = [
    [1, 's1_ne_01', 'HS', 1011, 1040, 'negative', 1001, 1080],  # row 2
    [1, 's01_po_05', 'HS', 3005, 3034, 'positive', 3001, 3060],
    [13, ' s13_sur_02', 'HS', 2201, 2250, 'surprise', 2201, 2250],
    [1, 's13_sur_02', 'HS', 2205, 2210, 'surprise', 2201, 2250],
    [],
    [None, 'Remarks: frames count from the start of the recording'],  # row 7
    [None, None, None, None, None, None, None, None, 'checked twice'],
]
ROWS = [2, 3, 4, 5, 7, 8]


def write_smic(root: Path, labels: list[list] | None = None, camera: str = 'HS', frames: bool = True) -> Path:
    """Write the frames of a camera and its workbook; gives the root."""
    folder = root / 'SMIC-E_raw image' / f'{camera}_long'
    if frames:
        for video, (total, first) in VIDEOS.items():
            write_frames(folder / f'SMIC-{camera}-E' / video, total, 'image{:06d}.jpg', (16, 12), first)
    rows = [HEADER, *(LABELS if labels is None else labels)]
    write_xlsx(folder / f'SMIC-{camera}-E_annotation.xlsx', {'Sheet1': rows})
    return root
