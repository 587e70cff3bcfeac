from __future__ import annotations

import numpy as np
import pytest
from region_moves import region_flow

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.face_regions import REGIONS
from mmaction_mespot.intervals.detections import MAE, ME
from mmaction_mespot.intervals.iou import segment_iou
from mmaction_mespot.spotters.of_fd import ZHAO_WEIGHTS, OFFDSpotter, ZhaoSpotter, peak_bumps


def test_a_bump_goes_down_to_its_share_of_the_height() -> None:
    curve = np.array([0, 1, 2, 3, 6, 9, 6, 3, 2, 1, 0], float)
    # Height 9 over valleys of 0: two fifths are 3.6, reached two instants before and after the peak.
    np.testing.assert_allclose(peak_bumps(curve, 1, 1, 0.4, 10), [[3, 7, 9]])
    np.testing.assert_allclose(peak_bumps(curve, 1, 1, 0.4, 1), [[4, 6, 9]])  # no further than its reach
    assert len(peak_bumps(curve, 9.5, 1, 0.4, 10)) == 0  # first threshold
    assert len(peak_bumps(curve + 5, 1, 9.5, 0.4, 10)) == 0  # second threshold: the rise, not the height


@pytest.mark.parametrize('spotter', [OFFDSpotter(), ZhaoSpotter()], ids=lambda one: type(one).__name__)
@pytest.mark.parametrize('fps', [30.0, 60.0])
def test_finds_both_classes_at_any_frame_rate(spotter: OFFDSpotter, fps: float) -> None:
    flow = region_flow([(5.0, 5.4, 'right_brow_inner', 1.0), (12.0, 13.2, 'left_mouth_corner', 1.5)], fps)
    found = spotter.spot(flow, fps, 1)
    best = found[found.scores > 0.8]
    for (start, end), label in (((5.0, 5.4), ME), ((12.0, 13.2), MAE)):
        own = best[best.labels == label]
        assert segment_iou(own.segments / fps, np.array([[start, end]])).max() > 0.5
    assert ((found.scores >= 0) & (found.scores < 1)).all()


def test_of_overlapping_candidates_one_stays() -> None:
    flow = region_flow([(5.0, 6.0, name, 1.0) for name in ('right_brow_inner', 'left_brow_inner')], 30.0)
    found = OFFDSpotter().spot(flow, 30.0, 1)
    assert len(found) == 1


def test_weights_choose_among_regions() -> None:
    flow = region_flow([(5.0, 6.0, 'right_cheek', 1.0)], 30.0)
    plain, weighed = (spotter.spot(flow, 30.0, 1) for spotter in (OFFDSpotter(), ZhaoSpotter()))
    # A rise of half the height: 1 - .1 / h and 1 - .1 / (h / 2).
    assert 1 - weighed.scores.max() == pytest.approx(2 * (1 - plain.scores.max()), rel=0.01)
    nothing = ZhaoSpotter(weights=dict.fromkeys(REGIONS, 0.0)).spot(flow, 30.0, 1)
    assert len(nothing) == 0
    assert ZhaoSpotter(weights={'chin': 0.2}).region_weights[-1] == 0.2
    assert set(ZHAO_WEIGHTS) == set(REGIONS)


def test_still_videos_short_videos_and_missing_faces_give_nothing() -> None:
    for flow in (np.zeros((300, 14, 2)), np.full((300, 14, 2), np.nan), np.zeros((1, 14, 2))):
        assert len(OFFDSpotter().spot(flow, 30.0, 4)) == 0


def test_bad_options_are_named() -> None:
    with pytest.raises(ValueError, match='window_s must be above 0, found 0'):
        OFFDSpotter(window_s=0)
    with pytest.raises(ValueError, match=r'found 1\.5'):
        OFFDSpotter(share=1.5)
    with pytest.raises(MESpotError, match='ear'):
        ZhaoSpotter(weights={'ear': 1.0})
