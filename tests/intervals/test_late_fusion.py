from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmaction_mespot.intervals.detections import MAE, ME, Detections
from mmaction_mespot.intervals.late_fusion import LateFusion, fuse_detections
from mmaction_mespot.intervals.postprocess import PostProcessing, fuse_candidates

NETWORK = Detections(
    np.array([[0, 40], [100, 112], [200, 230]]), np.array([0.9, 0.4, 0.6]), np.array([MAE, ME, MAE])
)
# The first overlaps [0, 40) by 30 of 50 (IoU .6), the second [100, 112) by 6 of 18 (IoU 1/3), the third none.
SPOTTER = Detections(
    np.array([[10, 50], [106, 118], [300, 312]]), np.array([0.8, 0.7, 0.5]), np.array([MAE, ME, ME])
)


def test_scores_by_hand() -> None:
    fused = fuse_detections(NETWORK, SPOTTER, LateFusion(weight=0.25, min_iou=0.3))
    np.testing.assert_array_equal(fused.segments, [[0, 40], [100, 112], [200, 230], [300, 312]])
    # .75 * .9 + .25 * .8, .75 * .4 + .25 * .7, .75 * .6 + 0, .25 * .5
    np.testing.assert_allclose(fused.scores, [0.875, 0.475, 0.45, 0.125])
    assert fused.labels.tolist() == [MAE, ME, MAE, ME]


def test_what_overlaps_too_little_stands_alone() -> None:
    fused = fuse_detections(NETWORK, SPOTTER, LateFusion(weight=0.25, min_iou=0.5))
    np.testing.assert_array_equal(fused.segments[3:], [[106, 118], [300, 312]])
    np.testing.assert_allclose(fused.scores, [0.875, 0.3, 0.45, 0.175, 0.125])


def test_the_best_overlapping_one_supports() -> None:
    spotter = Detections(np.array([[0, 60], [0, 44]]), np.array([1.0, 0.2]), np.array([MAE, MAE]))
    fused = fuse_detections(NETWORK[:1], spotter, LateFusion(weight=0.5))
    np.testing.assert_allclose(fused.scores, [0.55])  # IoU 40/44 before 40/60; the other one is not alone


def test_no_candidates_on_one_side() -> None:
    settings = LateFusion(weight=0.4)
    np.testing.assert_allclose(fuse_detections(NETWORK, Detections.empty(), settings).scores[0], 0.54)
    np.testing.assert_allclose(fuse_detections(Detections.empty(), SPOTTER, settings).scores[0], 0.32)


@given(st.floats(0, 1), st.integers(0, 6), st.integers(0, 6), st.integers(0, 10_000))
def test_bounds_and_ends_of_the_weight(weight: float, m: int, n: int, seed: int) -> None:
    draws = np.random.default_rng(seed)

    def candidates(count: int) -> Detections:
        starts = draws.uniform(0, 100, count)
        ends = starts + draws.uniform(1, 30, count)
        return Detections(np.stack([starts, ends], 1), draws.uniform(size=count), np.zeros(count))

    network, spotter = candidates(m), candidates(n)
    fused = fuse_detections(network, spotter, LateFusion(weight=weight))
    assert ((fused.scores >= 0) & (fused.scores <= 1)).all()
    np.testing.assert_array_equal(fused.segments[:m], network.segments)
    alone = fuse_detections(network, spotter, LateFusion(weight=0.0))
    np.testing.assert_array_equal(alone.scores, network.scores)


def test_union_is_merged_again() -> None:
    cfg = PostProcessing(fusion=LateFusion(weight=0.5, min_iou=0.5))
    network = Detections(np.array([[100, 112]]), np.array([0.6]), np.array([ME]))
    spotter = Detections(np.array([[90, 150], [300, 340]]), np.array([0.9, 0.4]), np.array([MAE, MAE]))
    found = fuse_candidates(network, spotter, 30.0, 600, cfg)
    # The MaE around the ME is the better one of .45 and .3: the ME goes by the rule across the classes.
    np.testing.assert_array_equal(found.segments, [[90, 150], [300, 340]])
    np.testing.assert_allclose(found.scores, [0.45, 0.2])
    with pytest.raises(ValueError, match='fusion expected, found none'):
        fuse_candidates(network, spotter, 30.0, 600, PostProcessing())


def test_settings_from_a_config() -> None:
    cfg = PostProcessing.from_dict(dict(fusion=dict(weight=0.3, dump='flow.json')))
    assert cfg.fusion == LateFusion(weight=0.3, min_iou=0.5, dump='flow.json')
    assert PostProcessing.from_dict(cfg.to_dict()) == cfg
    assert PostProcessing().to_dict()['fusion'] is None


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(weight=1.5), r'weight must lie in \[0, 1\], found 1.5'),
        (dict(weight=0.5, min_iou=0), r'min_iou must lie in \(0, 1\], found 0'),
        (dict(weight=0.5, iou=0.5), r"fusion: unknown keys \['iou'\]"),
    ],
)
def test_bad_settings_are_named(settings: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PostProcessing.from_dict(dict(fusion=settings))
