"""A frame that waits for its crop to be cut."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mmaction_mespot.preprocessing.faces import warp
from mmaction_mespot.preprocessing.video import TimedFrame

_REGION_SIDES = 2.5


@dataclass(frozen=True)
class HeldFrame:
    """A frame, or where that is large the surroundings of the face, reduced by a whole factor.

    Attributes:
        position: Place on the working grid.
        source_index: Number of the frame in the source.
        time_s: Its time in the source in seconds.
        size: Width and height of the whole frame in px.
        image: (h, w, 3) RGB uint8: what is kept.
        offset: (x, y) of the kept part in the frame in px.
        factor: Pixels of the frame a kept pixel, along each axis.
    """

    position: int
    source_index: int
    time_s: float
    size: tuple[int, int]
    image: np.ndarray
    offset: tuple[int, int]
    factor: int

    @classmethod
    def keep(
        cls,
        frame: TimedFrame,
        position: int,
        box: tuple[float, float, float, float] | None,
        crop_size: int,
        max_bytes: int,
    ) -> HeldFrame:
        """Keep a frame.

        A frame above ``max_bytes`` is cut to a square of 2.5 times the face's box; if that is still too much,
        it is reduced, though never below the resolution of the crop.

        Args:
            frame: The frame.
            position: Its place on the working grid.
            box: The face in px of the frame, as last seen; None if there was none yet.
            crop_size: Side of the crop in px.
            max_bytes: What a kept frame may take.
        """
        image, left, top = frame.image, 0, 0
        height, width = image.shape[:2]
        side = float(min(width, height))
        if image.nbytes > max_bytes and box is not None:
            side = max(box[2] - box[0], box[3] - box[1])
            reach = side * _REGION_SIDES / 2
            middle_x, middle_y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
            left = int(np.clip(middle_x - reach, 0, width - 1))
            top = int(np.clip(middle_y - reach, 0, height - 1))
            image = image[
                top : int(np.clip(middle_y + reach, top + 1, height)),
                left : int(np.clip(middle_x + reach, left + 1, width)),
            ]
        wanted = int(np.ceil(np.sqrt(image.nbytes / max_bytes)))
        factor = max(1, min(wanted, int(side / crop_size), *image.shape[:2]))
        if factor > 1:
            rows, columns = (length // factor for length in image.shape[:2])
            image = cv2.resize(
                image[: rows * factor, : columns * factor], (columns, rows), interpolation=cv2.INTER_AREA
            )
        elif image is not frame.image:
            image = image.copy()
        return cls(position, frame.index, frame.time_s, (width, height), image, (left, top), factor)

    def cut(self, matrix: np.ndarray, crop_size: int) -> np.ndarray:
        """Cut the crop out.

        Args:
            matrix: (2, 3) similarity from the whole frame to the crop.
            crop_size: Side of the crop in px.

        Returns:
            (crop_size, crop_size, 3) RGB uint8.
        """
        # Pixel centres lie at whole numbers: kept pixel u is pixel f u + (f - 1) / 2 of the part.
        moved = matrix.copy()
        moved[:, :2] *= self.factor
        moved[:, 2] += matrix[:, :2] @ (np.array(self.offset) + (self.factor - 1) / 2)
        return warp(self.image, moved, crop_size)
