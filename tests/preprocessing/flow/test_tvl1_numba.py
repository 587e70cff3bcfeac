from __future__ import annotations

import cv2
import numpy as np
import pytest

from mmaction_mespot.preprocessing.flow.tvl1 import TVL1Params
from mmaction_mespot.preprocessing.flow.tvl1_numba import tvl1_flow

PARAMS = [TVL1Params(), TVL1Params.fast()]


def end_point_error(found, true):
    return np.linalg.norm(found - true, axis=2)


@pytest.mark.parametrize('params', PARAMS, ids=['default', 'fast'])
@pytest.mark.parametrize('motion', [(0.2, 0.0), (-0.5, 0.3), (1.5, -1.2), (0.0, 4.0)])
def test_translation(make_pair, params, motion):
    true = np.broadcast_to(np.float32(motion), (96, 96, 2)).copy()
    found = tvl1_flow(*make_pair(true), params)
    assert found.shape == (96, 96, 2)
    assert found.dtype == np.float32
    assert end_point_error(found, true)[12:-12, 12:-12].mean() < 0.07


@pytest.mark.parametrize('params', PARAMS, ids=['default', 'fast'])
@pytest.mark.parametrize('amplitude', [0.4, 1.0, 2.0])
def test_smooth_local_motion(make_pair, bump, params, amplitude):
    true = bump(amplitude)
    error = end_point_error(tvl1_flow(*make_pair(true), params), true)
    moving = np.linalg.norm(true, axis=2) > 0.1 * amplitude
    assert error[moving].mean() < 0.03 + 0.06 * amplitude
    assert error[~moving].mean() < 0.05


@pytest.mark.parametrize('params', PARAMS, ids=['default', 'fast'])
def test_a_still_face_is_quiet(make_pair, bump, params):
    same, _ = make_pair(bump(0.0))
    assert not tvl1_flow(same, same, params).any()
    noise = tvl1_flow(*make_pair(bump(0.0), noise=2), params)
    assert np.sqrt((noise**2).sum(2).mean()) < 0.05


def test_uint8_and_float_agree(make_pair, bump):
    prev, next_ = make_pair(bump(1.0), noise=1)
    np.testing.assert_array_equal(
        tvl1_flow(prev, next_), tvl1_flow(prev.astype(np.float64), next_.astype(np.float64))
    )


def test_flat_images_and_odd_shapes_have_no_motion():
    flat = np.full((33, 70), 100, np.uint8)
    assert not tvl1_flow(flat, flat).any()
    assert np.isfinite(tvl1_flow(flat, flat + 50)).all()


def test_it_is_a_minimum_of_the_energy(make_pair, bump):
    """More iterations lower E(u) of the module's docstring; the true motion's energy is not far below."""
    prev, next_ = (image.astype(np.float32) for image in make_pair(bump(1.0), noise=2))

    def energy(flow):
        y, x = np.mgrid[:96, :96].astype(np.float32)
        warped = cv2.remap(
            next_, x + flow[..., 0], y + flow[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
        down, across = np.diff(flow, axis=0, append=flow[-1:]), np.diff(flow, axis=1, append=flow[:, -1:])
        return np.hypot(down, across).sum() + 0.15 * np.abs(warped - prev).sum()

    def solve(count):
        params = TVL1Params(
            epsilon=0, outer_iterations=1, inner_iterations=count, warps=1, scales=1, median_filtering=1
        )
        return energy(tvl1_flow(prev, next_, params))

    energies = [energy(np.zeros((96, 96, 2), np.float32)), solve(30), solve(300)]
    assert energies[0] > energies[1] > energies[2]
    assert energies[2] < energy(bump(1.0)) * 1.02


def test_not_worse_than_opencv(make_pair, bump):
    if not hasattr(getattr(cv2, 'optflow', None), 'DualTVL1OpticalFlow_create'):
        pytest.skip('opencv-contrib-python, the reference, is not installed')
    reference = cv2.optflow.DualTVL1OpticalFlow_create()
    ours, theirs = [], []
    for amplitude in (0.4, 1.0, 2.0):
        true, (prev, next_) = bump(amplitude), make_pair(bump(amplitude), noise=2)
        ours.append(end_point_error(tvl1_flow(prev, next_), true).mean())
        theirs.append(end_point_error(reference.calc(prev, next_, None), true).mean())
    assert np.mean(ours) < np.mean(theirs)
