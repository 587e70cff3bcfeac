"""A video given as a folder of numbered images, read frame by frame."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from .frame import FrameError
from .video_frames import VideoFrames

_ALL_BITS, _USED_BITS, _LOOKED_AT = 16, (8, 10, 12, 14), 5


class ImageFrames(Sequence[np.ndarray]):
    """Frames of a folder by index from 0, (H, W, 3) RGB uint8; nothing is kept in memory.

    Args:
        folder: The folder.
        filename_tmpl: Name of a frame by its number, such as ``img{:03d}.jpg``.
        start_index: Number of the first frame.
        total_frames: Number of frames.
    """

    def __init__(self, folder: str | Path, filename_tmpl: str, start_index: int, total_frames: int) -> None:
        self.folder = Path(folder)
        self.filename_tmpl = filename_tmpl
        self.start_index = start_index
        self.total_frames = total_frames
        self._bits: int | None = None
        self._first: tuple[Path, tuple[int, ...]] | None = None

    def __len__(self) -> int:
        return self.total_frames

    def path(self, index: int) -> Path:
        """File of a frame."""
        return self.folder / self.filename_tmpl.format(self.start_index + index)

    def __getitem__(self, index: Any) -> Any:
        """Read one frame.

        Raises:
            FrameError: The file is missing or damaged, or its size is not that of the frames read before.
        """
        if not 0 <= index < self.total_frames:
            raise IndexError(f'{self.folder}: frame {index} of {self.total_frames}')
        path = self.path(index)
        if self._bits is None:
            self._bits = used_bits([self.path(place) for place in range(self.total_frames)])
        image = read_image(path, self._bits)
        first, size = self._first = self._first or (path, image.shape)
        if image.shape != size:
            raise FrameError(
                f'{path}: {image.shape[1]} x {image.shape[0]} px, expected {size[1]} x {size[0]} '
                f'as in {first.name}'
            )
        return image

    def fingerprint(self) -> str:
        """Hash of the files' names and sizes, by which replaced frames are noticed without reading them.

        Raises:
            FrameError: A frame is missing or empty.
        """
        digest = hashlib.sha256()
        for index in range(self.total_frames):
            path = self.path(index)
            try:
                size = path.stat().st_size
            except OSError as error:
                raise FrameError(
                    f'{path}: missing, expected {self.total_frames} frames from number {self.start_index}'
                ) from error
            if size == 0:
                raise FrameError(f'{path}: empty file (0 bytes)')
            digest.update(f'{path.name} {size}\n'.encode())
        return digest.hexdigest()


def open_frames(video: dict[str, Any], source_root: str | Path) -> ImageFrames | VideoFrames:
    """Frames of an annotation entry: its ``frame_dir``, or else its ``video`` file."""
    root = Path(source_root)
    if 'frame_dir' in video:
        return ImageFrames(
            root / video['frame_dir'], video['filename_tmpl'], video['start_index'], video['total_frames']
        )
    return VideoFrames(root / video['video'], video['total_frames'])


def read_image(path: Path, bits: int = 16) -> np.ndarray:
    """Read an image as (H, W, 3) RGB uint8.

    Args:
        path: The file.
        bits: How many bits of 16-bit pictures are used, see :func:`used_bits`. Defaults to 16.

    Raises:
        FrameError: It is missing, empty, cut off or no image of whole numbers.
    """
    image = _decode(path)
    if image.dtype == np.uint16:
        image = np.minimum(image >> max(bits - 8, 0), 255).astype(np.uint8)
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def used_bits(paths: Sequence[Path]) -> int:
    """Bits that 16-bit pictures use: cameras leave the upper ones of 10, 12 or 14 empty.

    Args:
        paths: The pictures of one video; a few over its length are read, those that can't be are passed over.

    Returns:
        8, 10, 12, 14 or 16; 16 for pictures of 8 bits.
    """
    highest = 0
    for place in sorted({round(i * (len(paths) - 1) / (_LOOKED_AT - 1)) for i in range(_LOOKED_AT)}):
        try:
            image = _decode(paths[place])
        except FrameError:
            continue
        if image.dtype != np.uint16:
            return _ALL_BITS
        highest = max(highest, int(image.max()))
    return next((bits for bits in _USED_BITS if 0 < highest < 1 << bits), _ALL_BITS)


def _decode(path: Path) -> np.ndarray:
    """(H, W, 3) BGR uint8 or uint16."""
    try:
        data = np.fromfile(path, np.uint8)
    except OSError as error:
        raise FrameError(f'{path}: cannot be read ({error.strerror})') from error
    if data.size == 0:
        raise FrameError(f'{path}: empty file (0 bytes)')
    if _cut_off(data):
        raise FrameError(f'{path}: the JPEG is cut off after {data.size} bytes')
    image = cv2.imdecode(data, cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH | cv2.IMREAD_IGNORE_ORIENTATION)
    if image is None:
        raise FrameError(f'{path}: not a readable image ({data.size} bytes)')
    if image.dtype not in (np.uint8, np.uint16):
        raise FrameError(f'{path}: pixels of type {image.dtype}, expected whole numbers of 8 or 16 bits')
    return image


def _cut_off(data: np.ndarray) -> bool:
    """Whether a JPEG lacks its end marker; OpenCV 4 fills such images with grey and says nothing."""
    raw = data.tobytes()
    return raw.startswith(b'\xff\xd8') and raw.find(b'\xff\xd9', max(raw.rfind(b'\xff\xda'), 0)) < 0
