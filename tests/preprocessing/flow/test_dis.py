from __future__ import annotations

import numpy as np

from mmaction_mespot.preprocessing.flow.dis import dis_flow


def test_the_finest_scale_finds_more_of_the_motion(make_pair, bump):
    true, pair = bump(1.5), make_pair(bump(1.5), noise=1)
    moving = np.linalg.norm(true, axis=2) > 0.15
    errors = [np.linalg.norm(dis_flow(*pair, scale) - true, axis=2)[moving].mean() for scale in (0, 1, 2)]
    assert errors[0] < errors[2]
    assert errors[1] < 0.25
