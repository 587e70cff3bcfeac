"""Loading and running a TFLite network in ``cv2.dnn``."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from mmaction_mespot.atomic_file import naming
from mmaction_mespot.errors import MESpotError

from .models import checked_bytes


def read_network(path: Path) -> cv2.dnn.Net:
    """Load a TFLite network.

    The new graph engine of OpenCV 5.0 can't run MediaPipe's two: the classic one is asked for where there is
    a choice. OpenCV 4 has no other, and 5.1 has only the new one, which can run them.

    The file is read once: the bytes that were checked are those that run, from a copy that only this user can
    write. OpenCV 5.0 ignores the engine for networks that it is given in memory.

    Raises:
        MESpotError: The file is not the pinned one, or OpenCV can't read it.
    """
    classic = getattr(cv2.dnn, 'ENGINE_CLASSIC', None)
    options = {} if classic is None else {'engine': classic}
    content = checked_bytes(path)
    try:
        with TemporaryDirectory() as folder:
            copy = Path(folder, 'network.tflite')
            with naming(copy):
                copy.write_bytes(content)
            return cv2.dnn.readNetFromTFLite(str(copy), **options)
    except cv2.error as error:
        raise MESpotError(f'{path}: OpenCV {cv2.__version__} cannot read this network ({error})') from error


def as_rgb(image: np.ndarray) -> np.ndarray:
    """A grey (H, W) or RGB (H, W, 3) uint8 image as RGB.

    Raises:
        ValueError: The image has another shape or type.
    """
    if image.dtype != np.uint8:
        raise ValueError(f'image of type {image.dtype}, expected uint8')
    if image.ndim == 2:
        return np.repeat(image[:, :, None], 3, axis=2)
    if image.ndim == 3 and image.shape[2] == 3:
        return image
    raise ValueError(f'image of shape {image.shape}, expected (H, W) or (H, W, 3)')
