"""Files of coders' programs for all videos of a study, and back into one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from mmaction_mespot.delimited_text import write_table
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.exports.read_result import read_result

from .coded_interval import CodedInterval, coding_of_result
from .formats import FORMATS, read_coding, write_coding

RESULT = 'intervals.json'
COLUMNS = ('video', *CodedInterval.__dataclass_fields__)


def export_study(root: Path, name: str) -> Iterator[Path]:
    """Write one file per video beside its results; one that is there is written anew.

    Args:
        root: Folder of results, of a study or of one video.
        name: One of :data:`FORMATS`.

    Yields:
        The files.

    Raises:
        MESpotError: If there are no results, or a file of results is broken.
    """
    results = sorted(root.rglob(RESULT))
    if not results:
        raise MESpotError(f'{root}: found no results, expected a folder that tools/spot.py wrote')
    for result in results:
        content = read_result(result)
        try:
            coding = coding_of_result(content)
        except (KeyError, TypeError) as error:
            raise MESpotError(f'{result}: no result of tools/spot.py ({error!r})') from error
        path = result.parent / f'{result.parent.name}{FORMATS[name].ending}'
        write_coding(coding, path, name)
        yield path


def import_files(paths: Sequence[Path], out: Path, name: str | None = None) -> int:
    """Read files into one table, one row per interval (:data:`COLUMNS`); the video is the file's name.

    Args:
        paths: The files.
        out: The CSV.
        name: Their format. Defaults to None: by their endings.

    Returns:
        The number of intervals.

    Raises:
        MESpotError: As of :func:`read_coding`; nothing is written then.
    """
    rows = [{'video': video_of(path), **asdict(one)} for path in paths for one in read_coding(path, name)]
    write_table(pd.DataFrame(rows, columns=list(COLUMNS)), out)
    return len(rows)


def video_of(path: Path) -> str:
    """Name of the video that a file belongs to: its own without the ending of a format."""
    for kind in FORMATS.values():
        if path.name.lower().endswith(kind.ending.lower()):
            return path.name[: -len(kind.ending)]
    return path.stem
