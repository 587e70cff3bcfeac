"""A video given as a folder of numbered images."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import cv2

from .annotation_error import AnnotationError
from .video_file import VideoFile

_NUMBERED_IMAGE = re.compile(
    r'^(?P<prefix>.*?)(?P<number>\d+)(?P<suffix>\.(?:jpe?g|png|bmp))$', re.IGNORECASE
)


@dataclass(frozen=True)
class FrameFolder:
    """Numbered frames on disk.

    Attributes:
        path: The folder.
        filename_tmpl: Name of a frame by its number, such as ``img{:03d}.jpg``.
        start_index: The first frame's number.
        total_frames: Number of frames.
        size: Width and height of the first frame in pixels.
    """

    path: Path
    filename_tmpl: str
    start_index: int
    total_frames: int
    size: tuple[int, int]

    @staticmethod
    def looks_like(path: Path) -> bool:
        """Tell whether a folder holds a numbered image, and no video, beside which pictures are no frames."""
        if not path.is_dir():
            return False
        entries = [entry for entry in path.iterdir() if not entry.name.startswith('.')]
        return any(_NUMBERED_IMAGE.match(entry.name) for entry in entries) and not any(
            map(VideoFile.looks_like, entries)
        )

    @classmethod
    def scan(cls, path: str | Path) -> FrameFolder:
        """List a folder; frames count by number, not by name (``img_10`` comes after ``img_9``).

        Hidden files and files that are no image are passed over.

        Raises:
            AnnotationError: If the folder is missing or holds no frames, if names follow no common pattern,
                if numbers are missing or double, or if the first frame can't be read.
        """
        path = Path(path)
        if not path.is_dir():
            raise AnnotationError(str(path), ['no such folder, expected one with numbered frames'])
        names = [entry.name for entry in path.iterdir() if not entry.name.startswith('.')]
        matches = [match for match in map(_NUMBERED_IMAGE.match, names) if match]
        if not matches:
            raise AnnotationError(str(path), [f'no numbered image among {len(names)} files, expected frames'])
        template = _template(path, matches)
        numbers = sorted(int(match['number']) for match in matches)
        first, last = numbers[0], numbers[-1]
        missing = sorted(set(range(first, last + 1)) - set(numbers))
        if missing:
            listed = ', '.join(map(str, missing[:5])) + (', ...' if len(missing) > 5 else '')
            raise AnnotationError(
                str(path), [f'gap in the numbering: {len(missing)} of {first}..{last} missing ({listed})']
            )
        image = cv2.imread(str(path / template.format(first)), cv2.IMREAD_UNCHANGED)
        if image is None:
            raise AnnotationError(str(path), [f'first frame {template.format(first)} is no readable image'])
        return cls(path, template, first, len(numbers), (image.shape[1], image.shape[0]))


def _template(path: Path, matches: list[re.Match[str]]) -> str:
    """Find the one pattern that gives every name."""
    first = min(matches, key=lambda match: int(match['number']))
    padded = [
        match['number'] for match in matches if match['number'].startswith('0') and match['number'] != '0'
    ]
    digits = '{:d}' if not padded else f'{{:0{len(padded[0])}d}}'
    prefix = first['prefix'].replace('{', '{{').replace('}', '}}')
    template = f'{prefix}{digits}{first["suffix"]}'
    strange = sorted(
        match.string for match in matches if template.format(int(match['number'])) != match.string
    )
    if strange:
        raise AnnotationError(
            str(path), [f'{len(strange)} frames are not named {template} as the others (first: {strange[0]})']
        )
    return template
