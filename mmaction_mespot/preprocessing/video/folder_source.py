"""A video given as a folder of images or as an array."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np

from .frame import FrameError, NoteList, TimedFrame, VideoError
from .image import read_image, used_bits
from .video_source import VideoSource

IMAGE_SUFFIXES = ('.jpg', '.jpeg', '.png', '.bmp', '.tif', '.tiff', '.webp')
_NUMBER = re.compile(r'\d+$')
_ALL_BITS, _SIZES_LOOKED_AT = 16, 3


class FolderSource(VideoSource):
    """Images of a folder by the numbers at the end of their names, which are the numbers of the frames.

    Where numbers are missing, and where an image cannot be read or has another size than most, the
    time passes all the same, with a note. Images whose names begin unlike those of the most are passed over.
    Images without numbers come in the order of their names. Hidden files and other files are no frames.

    Args:
        path: The folder.
        fps: Frames per second.
        images: Names by number, rising, where they are known. Defaults to None: those of the folder.

    Attributes:
        first_number: Number of the first frame.
        step: By how much the numbers rise from frame to frame, where all leave out as many; else 1.

    Raises:
        VideoError: No image can be read, two have the same number, or the frame rate is missing.
    """

    def __init__(self, path: Path, fps: float | None, images: Mapping[int, str] | None = None) -> None:
        notes: list[str] = []
        losses: list[str] = []
        by_number = _by_number(path, _listed(path), notes, losses) if images is None else images
        if fps is None:
            raise VideoError(f'{path}: a folder of images needs its frame rate (fps), found none')
        self.first_number, self.step = next(iter(by_number)), _step(list(by_number))
        self._paths = {(n - self.first_number) // self.step: path / name for n, name in by_number.items()}
        self._bits = used_bits(list(self._paths.values()))
        if self._bits < _ALL_BITS:
            notes.append(f'16-bit pictures with only {self._bits} bits used: brightened accordingly')
        super().__init__(str(path), fps, self._usual_size(), max(self._paths) + 1)
        self.notes += notes
        self.losses += losses

    def __iter__(self) -> Iterator[TimedFrame]:
        """Go through the images."""
        notes = NoteList(self.notes)
        for index, path in self._paths.items():
            try:
                image = read_image(path, self._bits)
            except FrameError as error:
                self._lose(notes, 'bad images', f'skipped: {error}')
                continue
            size = image.shape[1::-1]
            if size != self.size:
                expected = f'{self.size[0]} x {self.size[1]}'
                found = f'{size[0]} x {size[1]} px, expected {expected}'
                self._lose(notes, 'bad images', f'skipped: {path}: {found}')
                continue
            yield TimedFrame(index, index / self.fps, image)

    def _usual_size(self) -> tuple[int, int]:
        """Width and height that most of the first images have that can be read."""
        sizes: Counter[tuple[int, int]] = Counter()
        first_error: FrameError | None = None
        for path in self._paths.values():
            try:
                height, width = read_image(path).shape[:2]
            except FrameError as error:
                first_error = first_error or error
                continue
            sizes[width, height] += 1
            if sizes.total() == _SIZES_LOOKED_AT:
                break
        if not sizes:
            raise VideoError(f'none of {len(self._paths)} images can be read: {first_error}')
        return sizes.most_common(1)[0][0]


def _listed(path: Path) -> list[str]:
    """Names of the images of a folder, in their order."""
    names = [entry.name for entry in path.iterdir() if not entry.name.startswith('.')]
    images = sorted((n for n in names if Path(n).suffix.lower() in IMAGE_SUFFIXES), key=natural_key)
    if not images:
        raise VideoError(f'{path}: no image among {len(names)} files, expected a folder of frames')
    return images


def _by_number(path: Path, images: list[str], notes: list[str], losses: list[str]) -> dict[int, str]:
    """Images by their numbers, rising; by their order, from 0, if they have none."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for name in images:
        found = _NUMBER.search(Path(name).stem)
        if found is not None:
            groups.setdefault(name[: found.start()], []).append((int(found[0]), name))
    if not groups:
        return dict(enumerate(images))
    chosen = max(groups, key=lambda prefix: len(groups[prefix]))
    others = len(images) - len(groups[chosen])
    if any(len(group) == len(groups[chosen]) for prefix, group in groups.items() if prefix != chosen):
        found_names = ', '.join(f'{prefix}*' for prefix in sorted(groups)[:5])
        raise VideoError(f'{path}: images of several videos ({found_names}), expected those of one')
    if others:
        notes.append(f'skipped: {others} images that are not named {chosen}<number>')
    frames: dict[int, str] = {}
    for number, name in sorted(groups[chosen]):
        if number in frames:
            raise VideoError(
                f'{path}: {frames[number]} and {name} have the same number, expected one of them'
            )
        frames[number] = name
    numbers = list(frames)
    step = _step(numbers)
    if step > 1:
        notes.append(f'the numbers of the images rise by {step}: taken as consecutive frames')
    missing = NoteList(notes)
    for before, after in pairwise(numbers):
        if after - before > step:
            gap = f'{before + step}-{after - step}' if after - before > 2 * step else f'{before + step}'
            losses.append(f'missing: frames {gap}; the frame before them is held')
            missing.add('missing frames', losses[-1])
    return frames


def _step(numbers: list[int]) -> int:
    return int(np.gcd.reduce(np.diff(numbers))) if len(numbers) > 2 else 1


class ArraySource(VideoSource):
    """Frames of an array.

    Args:
        frames: (T, H, W, 3) RGB uint8.
        fps: Frames per second.

    Raises:
        VideoError: The array has another form or no frame, or the frame rate is missing.
    """

    def __init__(self, frames: np.ndarray, fps: float | None) -> None:
        if frames.ndim != 4 or frames.shape[-1] != 3 or frames.dtype != np.uint8:
            raise VideoError(f'array: found {frames.dtype} {frames.shape}, expected uint8 (T, H, W, 3), RGB')
        if 0 in frames.shape:
            raise VideoError(f'array: found the empty shape {frames.shape}, expected one frame or more')
        if fps is None:
            raise VideoError('array: a frame rate (fps) is needed, found none')
        super().__init__('array', fps, (frames.shape[2], frames.shape[1]), len(frames))
        self._frames = frames

    def __iter__(self) -> Iterator[TimedFrame]:
        """Go through the frames."""
        for index, image in enumerate(self._frames):
            yield TimedFrame(index, index / self.fps, image)


def natural_key(name: str) -> list[tuple[int, str]]:
    """Sort key by which numbers in names count by their value."""
    return [(int(part), '') if part.isdecimal() else (-1, part) for part in re.split(r'(\d+)', name)]
