from __future__ import annotations

import numpy as np
import pytest

from mmaction_mespot.visualization.flow_picture import flow_picture


def test_hue_says_where_to_and_strength_how_far() -> None:
    flow = np.array([[[0, 0], [2, 0], [1, 0], [-2, 0], [9, 0]]], dtype=np.float32)
    picture = flow_picture(flow, full_px=2.0)[0].astype(int)
    assert picture[0].tolist() == [255, 255, 255]
    assert picture[1].tolist() == [255, 0, 0]
    np.testing.assert_allclose(picture[2], [255, 127, 127], atol=1)
    np.testing.assert_allclose(picture[3], [0, 255, 255], atol=1)
    assert picture[4].tolist() == picture[1].tolist()


def test_refuses_what_is_no_flow() -> None:
    with pytest.raises(ValueError, match=r'\(H, W, 2\)'):
        flow_picture(np.zeros((4, 4)), 1.0)
    with pytest.raises(ValueError, match='positive'):
        flow_picture(np.zeros((4, 4, 2)), 0.0)
