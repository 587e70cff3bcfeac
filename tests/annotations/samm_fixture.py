"""Writes small trees in the exact layout of SAMM Long Videos, with the quirks of its workbook."""

from __future__ import annotations

from pathlib import Path

from casme2_fixture import write_frames
from table_files import write_xlsx

HEADER = ['Subject', 'Filename', 'Inducement Code', 'Onset', 'Apex', 'Offset', 'Duration', 'Type']
HEADER += ['Action Units', 'Notes']
ABOVE = [['SAMM Long Videos'], ['Release notes'], [], ['Frame rate', 200], [], [], [], ['* see paper'], []]

# Frames, digits of their numbers (they differ per video), size (it differs per subject).
VIDEOS = {
    '006_1': (300, 4, (20, 10)),
    '010_2': (30, 4, (18, 12)),
    '020_6': (120, 5, (16, 12)),
    '036_7': (80, 4, (20, 16)),
    '037_4': (260, 5, (16, 16)),
}
LABELS: list[list] = [
    [6, '006_1_1', 1, 10, 20, 30, 21, 'Macro', '4+7', None],  # row 11
    [6, '006_1_2', 1, 49.5, 55, 60.25, 11.75, 'Micro - 1/2', 'L12', 'slight'],
    [6, '006_1_3', 1, 0, -1, 25, 26, 'Macro', '43', None],
    ['006', ' 006_1_4 ', 1, 100, 150, 200, 101, 'Micro - 1/2', 4, None],
    [20, '020_6_5', 6, 100, 110, 5476, 5377, 'Macro', '12', None],  # row 15
    [36, '036_7_4', 7, 90, 95, 98, 9, 'Macro', '12', None],
    [37, '037_4_1', 4, 10, 15, 20, 11, 'Macro', '1+2', None],
    [37, '037_4_1', 4, 200, 210, 230, 31, 'Micro - 1/2', '1', None],
    [36, '036_7_10', 7, 70, 85, 90, 21, 'Macro', '12', None],
    [36, '037_4_2', 4, 50.4, 60, 70, 21, 'Macro', '12', None],  # row 20
]
ALL_FACS = [6, '006_1_9', 1, 1, 2, 3, 3, 'Macro', '1', 'of a sheet that is not read']
ROWS = range(11, 21)


def write_samm(
    root: Path,
    labels: list[list] | None = None,
    above: list[list] | None = None,
    name: str = 'SAMM_LongVideos_V2_Release.xlsx',
    frames: bool = True,
) -> Path:
    """Write a download: the frame tree and the workbook; gives the root."""
    if frames:
        for video, (total, digits, size) in VIDEOS.items():
            folder = root / 'SAMM_longvideos' / video
            write_frames(folder, total, f'{video}_{{:0{digits}d}}.jpg', size)
    rows = [*(ABOVE if above is None else above), HEADER, *(LABELS if labels is None else labels)]
    write_xlsx(
        root / name, {'Notes': [['About']], 'FACS_All': [HEADER, ALL_FACS], 'FACS_Movement_Only': rows}
    )
    return root
