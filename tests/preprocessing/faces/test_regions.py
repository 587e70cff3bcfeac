from __future__ import annotations

import numpy as np
import pytest

from mmaction_mespot.preprocessing.faces import (
    FaceTracker,
    grid_means,
    head_motion,
    map_points,
    region_means,
)
from mmaction_mespot.preprocessing.faces.face_segment import FaceSegment
from mmaction_mespot.preprocessing.faces.regions import REGIONS, nose_mask, region_centers, region_side


@pytest.fixture(scope='module')
def landmarks(portrait: np.ndarray, tracker: FaceTracker) -> np.ndarray:
    face = tracker.follower(30).step(portrait).landmarks
    assert face is not None
    segment = FaceSegment(0, 30, 224)
    segment.measure(0, face)
    return map_points(face, segment.matrix(0, 1))


def test_regions_lie_where_their_names_say(landmarks: np.ndarray) -> None:
    centers = dict(zip(REGIONS, region_centers(landmarks), strict=True))
    assert len(centers) == 14
    for name, (x, y) in centers.items():
        assert (
            (x < 112) if name.startswith('right') else (x > 112) if name.startswith('left') else 95 < x < 129
        )
        assert ('brow' in name) == (y < 0.38 * 224 - 5)
    assert centers['right_brow_outer'][0] < centers['right_brow_middle'][0] < centers['right_brow_inner'][0]
    assert centers['right_nose_wing'][1] < centers['upper_lip'][1] < centers['chin'][1] < 224
    mask = nose_mask(landmarks, 224)
    assert 200 < mask.sum() < 1500
    assert all(mask[int(y), int(x)] == 0 for x, y in centers.values())


def test_means_of_a_head_and_a_mouth_motion(landmarks: np.ndarray) -> None:
    flow = np.full((224, 224, 2), (0.5, -0.25), np.float32)
    x, y = np.rint(region_centers(landmarks)[list(REGIONS).index('right_mouth_corner')]).astype(int)
    half = region_side(224)
    flow[y - half : y + half + 1, x - half : x + half + 1] += np.float32([1, -2])
    np.testing.assert_allclose(head_motion(flow, landmarks), [0.5, -0.25], atol=1e-6)
    means = region_means(flow, landmarks) - [0.5, -0.25]
    assert means.shape == (14, 2)
    np.testing.assert_allclose(means[list(REGIONS).index('right_mouth_corner')], [1, -2], atol=1e-4)
    others = [i for i, name in enumerate(REGIONS) if 'brow' in name or name.startswith('left')]
    np.testing.assert_allclose(means[others], 0, atol=1e-4)


def test_region_means_are_smooth_in_the_landmarks(landmarks: np.ndarray) -> None:
    """On a linear field the mean is the field at the centre, for any fraction of a pixel."""
    flow = np.stack(np.meshgrid(np.arange(224.0), np.arange(224.0)), axis=-1).astype(np.float32) / 50
    for shift in (0.0, 0.3, 0.5):
        points = landmarks + shift
        np.testing.assert_allclose(region_means(flow, points), region_centers(points) / 50, atol=2e-3)


def test_a_nose_outside_of_the_crop_gives_no_motion(landmarks: np.ndarray) -> None:
    np.testing.assert_array_equal(head_motion(np.ones((224, 224, 2), np.float32), landmarks + 1000), [0, 0])


@pytest.mark.parametrize('size', [112, 224, 250])
def test_grid_means_are_area_means(size: int) -> None:
    flow = np.random.default_rng(0).normal(size=(size, size, 2)).astype(np.float32)
    grid = grid_means(flow)
    assert grid.shape == (12, 12, 2)
    np.testing.assert_allclose(grid.mean(axis=(0, 1)), flow.mean(axis=(0, 1)), atol=1e-4)
    edge = size / 12
    whole = int(edge)
    weights = np.r_[np.ones(whole), edge - whole]
    block = flow[: len(weights), : len(weights)]
    expected = np.einsum('ijc,i,j->c', block, weights[: len(block)], weights[: len(block)]) / edge**2
    np.testing.assert_allclose(grid[0, 0], expected, atol=1e-4)
