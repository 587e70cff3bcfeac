from __future__ import annotations

import numpy as np
import pytest

from mmaction_mespot.intervals.detections import MAE, ME
from mmaction_mespot.intervals.iou import segment_iou
from mmaction_mespot.spotters.feature_difference import HOGFDSpotter, LBPFDSpotter, feature_difference


def test_chi_squared_distance_to_the_mean_around() -> None:
    histograms = np.zeros((5, 3, 2), np.float32)
    histograms[:, :, 0] = 1
    histograms[2, 0] = 0, 1  # the first of three blocks changes in the third frame
    # Frame 2: (0 - 1)^2 / 1 + (1 - 0)^2 / 1 = 2. Frames 1 and 3: around is (.5, .5), .25 / 1.5 + .25 / .5.
    np.testing.assert_allclose(
        feature_difference(histograms, 1), [0, 0.25 / 1.5 + 0.5, 2, 0.25 / 1.5 + 0.5, 0], rtol=1e-6
    )


@pytest.mark.parametrize('spotter', [LBPFDSpotter(), HOGFDSpotter()], ids=lambda one: type(one).__name__)
def test_a_change_that_goes_back_is_found(spotter: LBPFDSpotter) -> None:
    rng = np.random.default_rng(0)
    histograms = np.tile(rng.uniform(0.5, 1, (1, 12, 8)), (300, 1, 1)).astype(np.float32)
    course = np.hanning(15)[1:-1, None, None]  # 13 frames, out and back
    histograms[90:103, :4] += course * np.array([0.8, 0, 0, 0, 0, 0, 0, 0.4])
    found = spotter.spot(histograms, 30.0, 1)
    own = found[found.labels == ME]
    assert segment_iou(own.segments[own.scores == 1.0], np.array([[90.0, 103.0]])).max() > 0.7
    assert set(found.labels) == {MAE, ME}


def test_still_video_gives_nothing_and_bad_lengths_are_named() -> None:
    assert len(LBPFDSpotter().spot(np.ones((100, 36, 59), np.float32), 30.0, 1)) == 0
    with pytest.raises(ValueError, match=r'LBPFDSpotter: .* found \(1\.0,\)'):
        LBPFDSpotter((1.0,))
