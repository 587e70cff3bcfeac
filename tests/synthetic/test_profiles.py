from __future__ import annotations

import numpy as np
import pytest

from mmaction_mespot.synthetic.profiles import expression_profile, rise, smooth_noise


def test_an_expression_rises_to_its_apex_and_is_gone_outside() -> None:
    frames = np.arange(60)
    profile = expression_profile(frames, 10, 16, 20, 30, (0.5, 0.5, 0.0))
    assert profile[16] == 1.0
    assert (profile[:10] == 0).all() and (profile[30:] == 0).all()
    assert (profile[10:30] > 0).all()
    assert (np.diff(profile[9:17]) > 0).all()
    assert (np.diff(profile[20:31]) < 0).all()


def test_rise_is_half_way_in_the_middle() -> None:
    assert rise(np.array([-1.0, 0.0, 0.5, 1.0, 2.0])).tolist() == pytest.approx([0, 0, 0.5, 1, 1])


@pytest.mark.parametrize(('fps', 'cutoff'), [(30.0, 0.1), (30.0, 2.0), (50.0, 3.0)])
def test_smooth_noise_has_unit_variance_and_no_high_frequencies(fps: float, cutoff: float) -> None:
    noise = smooth_noise(np.random.default_rng(0), 40_000, fps, cutoff)
    assert noise.std() == pytest.approx(1.0, abs=0.1)
    power = np.abs(np.fft.rfft(noise)) ** 2
    frequencies = np.fft.rfftfreq(len(noise), 1 / fps)
    assert power[frequencies > 3 * cutoff].sum() < 0.02 * power.sum()
