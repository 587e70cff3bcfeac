"""Reading detections from a folder with one file per video, or several."""

from __future__ import annotations

from pathlib import Path

from mmaction_mespot.errors import MESpotError, list_problems
from mmaction_mespot.evaluation.io.csv_layout import VideoDetections
from mmaction_mespot.evaluation.io.detection_csv import read_detection_csv
from mmaction_mespot.intervals.detections import Detections

SUFFIXES = ('.txt', '.csv', '.tsv')


def read_detection_texts(
    folder: str | Path,
    first_frame: int | None = None,
    inclusive: bool | None = None,
    columns: str | None = None,
    only_label: int | None = None,
) -> list[VideoDetections]:
    """Read all text files of a folder and of those below it, each as a table with or without a header.

    Where no column names the video, the file does (``<video>.txt``): lines ``start end score``, with or
    without a class, or ``video start end score``. Blanks, tabs, commas or semicolons part the columns.

    Args:
        folder: The folder.
        first_frame, inclusive, columns, only_label: As in
            :func:`~mmaction_mespot.evaluation.io.detection_csv.read_detection_csv`.

    Returns:
        The videos of each file, files by name; a file without lines is a video without detections.

    Raises:
        MESpotError: If there is no text file, or with all lines that can't be understood at once.
    """
    paths = sorted(
        path for path in Path(folder).rglob('*') if path.suffix.lower() in SUFFIXES and path.is_file()
    )
    if not paths:
        raise MESpotError(
            f'{folder}: text files expected ({", ".join(SUFFIXES)}), such as <video>.txt, found none'
        )
    videos, problems = [], []
    for path in paths:
        try:
            found = read_detection_csv(
                path,
                columns=columns,
                first_frame=first_frame,
                inclusive=inclusive,
                only_label=only_label,
                video=path.stem,
            )
        except MESpotError as error:
            problems.append(str(error))
            continue
        videos += found or [VideoDetections(path.stem, Detections.empty(), str(path))]
    if problems:
        raise MESpotError(list_problems(str(folder), problems))
    return videos
