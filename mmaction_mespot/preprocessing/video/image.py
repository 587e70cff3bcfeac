"""Reading one image as a frame."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from .frame import FrameError
from .video_source import MAX_PIXELS

_ALL_BITS, _USED_BITS, _LOOKED_AT = 16, (8, 10, 12, 14), 5


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
    _check_pixels(path, data)
    image = cv2.imdecode(data, cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH | cv2.IMREAD_IGNORE_ORIENTATION)
    if image is None:
        raise FrameError(f'{path}: not a readable image ({data.size} bytes)')
    if image.dtype not in (np.uint8, np.uint16):
        raise FrameError(f'{path}: pixels of type {image.dtype}, expected whole numbers of 8 or 16 bits')
    return image


def _check_pixels(path: Path, data: np.ndarray) -> None:
    """Refuse a picture too large for memory by its first bytes, before it is unpacked."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('error', Image.DecompressionBombWarning)
            width, height = Image.open(io.BytesIO(data.data)).size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        found = f'found more than {(Image.MAX_IMAGE_PIXELS or 0) / 1e6:.0f}'
        raise FrameError(f'{path}: {found}, expected up to {MAX_PIXELS / 1e6:.1f} million pixels') from error
    except Exception:  # not one of Pillow's formats: OpenCV says what it makes of it
        return
    if width * height > MAX_PIXELS:
        raise FrameError(
            f'{path}: {width} x {height} px, expected up to {MAX_PIXELS / 1e6:.1f} million pixels'
        )


def _cut_off(data: np.ndarray) -> bool:
    """Whether a JPEG lacks its end marker; OpenCV 4 fills such images with grey and says nothing."""
    raw = data.tobytes()
    return raw.startswith(b'\xff\xd8') and raw.find(b'\xff\xd9', max(raw.rfind(b'\xff\xda'), 0)) < 0
