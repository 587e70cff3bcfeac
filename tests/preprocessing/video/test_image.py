from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from mmaction_mespot.preprocessing.video.image import read_image


def test_grey_images_become_rgb(tmp_path: Path) -> None:
    grey = np.arange(600, dtype=np.uint16).reshape(20, 30).astype(np.uint8)
    cv2.imwrite(str(tmp_path / 'a.png'), grey)
    np.testing.assert_array_equal(read_image(tmp_path / 'a.png'), np.repeat(grey[:, :, None], 3, axis=2))
