import numpy as np
import pytest

from mmaction_mespot.datasets import StreamsToFeature
from mmaction_mespot.errors import MESpotError


def test_a_column_is_a_position() -> None:
    flow = np.arange(3 * 2 * 2, dtype=np.float64).reshape(3, 2, 2)
    feature = StreamsToFeature()(dict(flow=flow))['raw_feature']
    assert feature.dtype == np.float32 and feature.flags.c_contiguous
    assert feature.T.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]


def test_rgb_comes_before_flow() -> None:
    streams = dict(flow=np.ones((2, 1, 2)), rgb=np.full((2, 1, 1, 3), 7, np.uint8))
    assert StreamsToFeature()(streams)['raw_feature'][:, 0].tolist() == [7, 7, 7, 1, 1]


def test_no_stream() -> None:
    with pytest.raises(MESpotError, match='no stream to work on'):
        StreamsToFeature()({})
