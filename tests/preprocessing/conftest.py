from __future__ import annotations

from pathlib import Path

import cv2
import matplotlib
import numpy as np
import pytest

from mmaction_mespot.preprocessing.faces import FaceTracker
from mmaction_mespot.preprocessing.video.image import read_image


@pytest.fixture(scope='session')
def portrait() -> np.ndarray:
    """A real face, 300 x 256 RGB: Grace Hopper (public domain, shipped with matplotlib)."""
    path = Path(matplotlib.__file__).parent / 'mpl-data' / 'sample_data' / 'grace_hopper.jpg'
    return cv2.resize(read_image(path), (256, 300), interpolation=cv2.INTER_AREA)


@pytest.fixture(scope='session')
def tracker() -> FaceTracker:
    return FaceTracker()
