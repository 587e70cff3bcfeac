from __future__ import annotations

import numpy as np
import pytest

from mmaction_mespot.datasets.transforms import StreamCenterCrop, StreamFlip, StreamRandomCrop, StreamResize
from mmaction_mespot.errors import MESpotError


def streams(size: int = 8, length: int = 3) -> dict:
    """Pixels that hold their own row and column."""
    rows, columns = np.meshgrid(np.arange(size), np.arange(size), indexing='ij')
    rgb = np.stack([rows, columns, rows * 0], axis=-1).astype(np.uint8)
    flow = np.stack([columns, rows], axis=-1).astype(np.float32)
    return dict(rgb=np.stack([rgb] * length), flow=np.stack([flow] * length))


def test_flip_mirrors_and_inverts_horizontal_flow() -> None:
    results = StreamFlip(flip_ratio=1.0)(streams(size=3))
    assert results['rgb'][0, 1, :, 1].tolist() == [2, 1, 0]
    assert results['flow'][2, 1, :, 0].tolist() == [-2, -1, 0]
    assert results['flow'][2, 1, :, 1].tolist() == [1, 1, 1]
    kept = StreamFlip(flip_ratio=0.0)(streams(size=3))
    assert kept['rgb'][0, 1, :, 1].tolist() == [0, 1, 2]


def test_flip_of_the_grid_twice_is_nothing() -> None:
    flow = np.random.default_rng(0).normal(size=(4, 12, 12, 2)).astype(np.float32)
    results = StreamFlip(flip_ratio=1.0)(StreamFlip(flip_ratio=1.0)(dict(flow=flow)))
    np.testing.assert_array_equal(results['flow'], flow)


def test_flip_ratio() -> None:
    np.random.seed(0)
    flipped = [StreamFlip(flip_ratio=0.25)(streams(2))['rgb'][0, 0, 0, 1] for _ in range(400)]
    assert 70 <= sum(flipped) <= 130
    with pytest.raises(MESpotError, match='flip_ratio must lie in'):
        StreamFlip(flip_ratio=2)


def test_resize_scales_the_vectors() -> None:
    flow = np.zeros((2, 8, 16, 2), np.float32)
    flow[..., 0], flow[..., 1] = 4.0, 3.0
    results = StreamResize(4)(dict(rgb=np.full((2, 8, 16, 3), 9, np.uint8), flow=flow))
    assert results['rgb'].shape == (2, 4, 4, 3)
    assert results['flow'].shape == (2, 4, 4, 2)
    # width 16 -> 4: a quarter; height 8 -> 4: a half
    assert np.unique(results['flow'][..., 0]).tolist() == [1.0]
    assert np.unique(results['flow'][..., 1]).tolist() == [1.5]
    assert StreamResize(8)(dict(flow=np.ones((1, 4, 4, 2), np.float32)))['flow'].mean() == 2.0


def test_crops_are_the_same_in_all_frames_and_streams() -> None:
    np.random.seed(0)
    corners = set()
    for _ in range(100):
        results = StreamRandomCrop(6)(streams())
        top, left = results['rgb'][0, 0, 0, :2]
        corners.add((int(top), int(left)))
        assert results['rgb'].shape == (3, 6, 6, 3)
        assert (results['rgb'][:, 0, 0, :2] == [top, left]).all()
        assert (results['flow'][:, 0, 0] == [left, top]).all()
    assert corners == {(top, left) for top in range(3) for left in range(3)}
    assert StreamCenterCrop(6)(streams())['flow'][0, 0, 0].tolist() == [1, 1]


@pytest.mark.parametrize('crop', [StreamRandomCrop, StreamCenterCrop])
def test_crop_errors(crop: type) -> None:
    with pytest.raises(MESpotError, match=r'size=9\): found frames of 8 x 8, expected at least 9'):
        crop(9)(streams())
    with pytest.raises(MESpotError, match=r"found sizes \{'rgb': \(8, 8\), 'flow': \(4, 4\)\}"):
        crop(4)(dict(rgb=streams()['rgb'], flow=streams(4)['flow']))
    with pytest.raises(MESpotError, match='no stream'):
        crop(4)({})
