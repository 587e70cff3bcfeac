from __future__ import annotations

import numpy as np

from mmaction_mespot.preprocessing.appearance import (
    FACS_BOXES,
    HOG_BINS,
    hog_histograms,
    lbp_codes,
    lbp_histograms,
)


def test_a_flat_picture_has_one_pattern_and_a_bright_point_another() -> None:
    flat = np.full((5, 5), 7, np.uint8)
    assert len(set(lbp_codes(flat).ravel())) == 1  # all neighbours as bright: all bits set
    point = flat.copy()
    point[2, 2] = 9
    codes = lbp_codes(point)
    assert codes[1, 1] == 0  # no neighbour as bright: no bit set, the first bin
    # Beside it all bits are set as before: its brighter neighbour counts as before.
    assert codes[0, 0] == lbp_codes(flat)[0, 0]


def test_uniform_patterns_have_58_bins_and_all_others_one() -> None:
    rng = np.random.default_rng(0)
    codes = lbp_codes(rng.integers(0, 256, (200, 200)).astype(np.uint8))
    assert sorted(set(codes.ravel())) == list(range(59))


def test_histograms_of_blocks() -> None:
    frames = np.random.default_rng(0).integers(0, 256, (2, 20, 26)).astype(np.uint8)
    found = lbp_histograms(frames)
    assert found.shape == (2, 36, 59) and found.dtype == np.float32
    np.testing.assert_allclose(found.sum(axis=2), 1, rtol=1e-6)
    # The last block of an 18 x 24 field of codes is its last 3 x 4.
    codes = lbp_codes(frames[1])[-3:, -4:]
    np.testing.assert_allclose(found[1, 35], np.bincount(codes.ravel(), minlength=59) / 12, rtol=1e-6)


def test_gradients_fall_into_the_bin_of_their_direction() -> None:
    frames = np.tile(np.arange(40, dtype=np.uint8) * 2, (3, 40, 1))  # brighter to the right, nothing moves
    found = hog_histograms(frames)
    assert found.shape == (3, len(FACS_BOXES), 3 * HOG_BINS)
    # Planes xy and xt hold the gradient along x (direction 0), plane yt nothing.
    expected = np.zeros(3 * HOG_BINS)
    expected[[0, HOG_BINS]] = 0.5
    np.testing.assert_allclose(found[1, 0], expected, atol=1e-6)
    assert not hog_histograms(np.full((2, 40, 40), 9, np.uint8)).any()
