from __future__ import annotations

import numpy as np
import pytest

from mmaction_mespot.datasets.transforms import RegionsAsPicture
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.face_regions import REGIONS

NAMES = list(REGIONS)


def numbered() -> np.ndarray:
    """Flow whose u is the region's number and v a tenth of it, in every of 3 frames."""
    rows = np.arange(14, dtype=np.float32)
    return np.repeat(np.stack([rows, rows / 10], axis=1)[None], 3, axis=0)


def test_a_column_is_added() -> None:
    flow = RegionsAsPicture()(dict(flow=numbered()))['flow']
    assert flow.shape == (3, 14, 1, 2) and flow.dtype == np.float32
    np.testing.assert_array_equal(flow[:, :, 0], numbered())


def test_a_mirrored_face_changes_sides_and_sign() -> None:
    flow = RegionsAsPicture(1.0)(dict(flow=numbered()))['flow'][0, :, 0]
    right, left, chin = (NAMES.index(n) for n in ('right_mouth_corner', 'left_mouth_corner', 'chin'))
    np.testing.assert_allclose(flow[right], [-left, left / 10], rtol=1e-6)
    np.testing.assert_allclose(flow[left], [-right, right / 10], rtol=1e-6)
    np.testing.assert_allclose(flow[chin], [-chin, chin / 10], rtol=1e-6)
    np.random.seed(0)
    flips = [RegionsAsPicture(0.5)(dict(flow=numbered()))['flow'][0, 1, 0, 0] < 0 for _ in range(200)]
    assert 70 < sum(flips) < 130


def test_bad_input_is_named() -> None:
    with pytest.raises(MESpotError, match='found 2'):
        RegionsAsPicture(2)
    with pytest.raises(MESpotError, match=r'found \(3, 12, 12, 2\)'):
        RegionsAsPicture()(dict(flow=np.zeros((3, 12, 12, 2), np.float32)))
