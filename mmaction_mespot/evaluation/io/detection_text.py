"""Reading detections from a folder with one text file a video."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.io.detection_csv import read_class, read_number, read_segment
from mmaction_mespot.evaluation.io.video_detections import UNKNOWN_LABEL, VideoDetections
from mmaction_mespot.intervals.detections import Detections


def read_detection_texts(
    folder: str | Path, first_frame: int = 0, inclusive: bool = False
) -> list[VideoDetections]:
    """Read all ``<video>.txt`` of a folder; lines ``start end score`` or ``start end score class``.

    Blanks, tabs or commas part the columns; empty lines and lines that start with ``#`` are passed over.

    Args:
        folder: The folder.
        first_frame: Number of a video's first frame. Defaults to 0.
        inclusive: Whether ``end`` is the last frame of the interval. Defaults to False.

    Returns:
        One entry a file, by name; a file without lines is a video without detections.

    Raises:
        MESpotError: If there is no text file, or a line can't be understood; the message names file and row.
    """
    paths = sorted(Path(folder).glob('*.txt'))
    if not paths:
        raise MESpotError(f'{folder}: one text file a video expected (<video>.txt), found none')
    videos = []
    for path in paths:
        rows = []
        try:
            lines = path.read_text(encoding='utf-8-sig').splitlines()
        except UnicodeError as error:
            raise MESpotError(f'{path}: no text in UTF-8 ({error})') from error
        for number, line in enumerate(lines, 1):
            origin, cells = f'{path}, row {number}', line.replace(',', ' ').split()
            if not cells or cells[0].startswith('#'):
                continue
            if len(cells) not in (3, 4):
                raise MESpotError(f'{origin}: found {line!r}, expected: start end score [class]')
            start, end, score = (read_number(cell, origin) for cell in cells[:3])
            label = read_class(cells[3], origin) if len(cells) == 4 else UNKNOWN_LABEL
            rows.append((*read_segment(start, end, first_frame, inclusive, origin), score, label))
        table = np.array(rows, dtype=np.float64).reshape(-1, 4)
        videos.append(
            VideoDetections(path.stem, Detections(table[:, :2], table[:, 2], table[:, 3]), str(path))
        )
    return videos
