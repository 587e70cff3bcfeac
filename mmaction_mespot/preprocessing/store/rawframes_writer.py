"""A video as numbered pictures with the names that MMAction2's raw frames have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import cv2
import numpy as np

from mmaction_mespot.atomic_file import naming, remove, temporary_name

RGB_NAME = 'img_{:05d}.jpg'
FLOW_NAME = 'flow_{}_{:05d}.jpg'
FLOW_INFO = 'flow.json'
JPEG_QUALITY = 95


class RawframesWriter:
    """Write ``img_00001.jpg``, ``flow_x_00001.jpg`` and ``flow_y_00001.jpg``, counted from 1.

    A context manager: the folder appears under its name only when the block ends well. The flow is cut at a
    bound and kept in 8 bits, as denseflow does; ``flow.json`` holds the bound, the attributes and the motion
    of the head, which these pictures still contain.

    Args:
        folder: The folder to make; an older one of that name is replaced.
        bound: Largest flow in px.
        attrs: Numbers and strings to keep in ``flow.json``.

    Example:
        >>> with RawframesWriter(Path('rawframes/s15_0101'), 20.0, {'gap': 4}) as writer:
        ...     writer.append_rgb(crop)
        ...     writer.append_flow(flow, nose)
    """

    def __init__(self, folder: Path, bound: float, attrs: Mapping[str, Any]) -> None:
        self.folder = folder
        self.bound = bound
        self.attrs = dict(attrs)
        self._temporary = folder.with_name(temporary_name(folder.name))
        self._images = 0
        self._rest: list[list[float]] = []

    def __enter__(self) -> RawframesWriter:
        with naming(self.folder, self._temporary):
            self._temporary.mkdir(parents=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                with naming(self.folder, self._temporary):
                    if self._rest:
                        info = {'bound': self.bound, **self.attrs, 'head_motion': self._rest}
                        (self._temporary / FLOW_INFO).write_text(json.dumps(info) + '\n', encoding='utf-8')
                    remove(self.folder)
                    self._temporary.rename(self.folder)
        finally:
            with suppress(OSError):  # what led here says more
                remove(self._temporary)

    def append_rgb(self, frame: np.ndarray) -> None:
        """Write the next frame, (H, W, 3) RGB uint8."""
        self._images += 1
        self._write(RGB_NAME.format(self._images), cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))

    def append_flow(self, flow: np.ndarray, head_motion: np.ndarray) -> None:
        """Write the next flow field, (H, W, 2) in px; ``head_motion`` (2,) is the head motion."""
        self._rest.append([round(float(value), 4) for value in head_motion])
        for axis, name in enumerate('xy'):
            picture = flow_to_picture(flow[..., axis], self.bound)
            self._write(FLOW_NAME.format(name, len(self._rest)), picture)

    def _write(self, name: str, picture: np.ndarray) -> None:
        path = self._temporary / name
        done, jpeg = cv2.imencode('.jpg', picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        if not done:
            raise ValueError(f'{path}: a picture of shape {picture.shape} could not be encoded as JPEG')
        with naming(self.folder, self._temporary):
            path.write_bytes(jpeg.tobytes())


def flow_to_picture(flow: np.ndarray, bound: float) -> np.ndarray:
    """Flow in px to 8 bits: -bound is 0, bound is 255, what is beyond is cut (denseflow's formula)."""
    return np.clip(np.rint((flow + bound) * (255 / (2 * bound))), 0, 255).astype(np.uint8)


def picture_to_flow(picture: np.ndarray, bound: float) -> np.ndarray:
    """8 bits back to flow in px, float32; wrong by up to ``bound / 255`` px, no flow reads as that much."""
    return (picture.astype(np.float32) * (2 * bound / 255) - bound).astype(np.float32)
