import numpy as np
import torch

from mmaction_mespot.intervals.grid import (
    frames_to_instants,
    instants_to_frames,
    level_positions,
    sampled_frames,
)


def test_level_positions_stand_in_the_middle_of_their_stride():
    assert level_positions(4, 2).tolist() == [1, 3, 5, 7]
    assert level_positions(2, 8).tolist() == [4, 12]


def test_instants_and_frames():
    instants = np.array([0.0, 1.5, 4.0])
    frames = instants_to_frames(instants, 100, 2.5)
    assert frames.tolist() == [100, 103.75, 110]
    assert frames_to_instants(frames, 100, 2.5).tolist() == instants.tolist()
    assert instants_to_frames(torch.tensor([2.0]), 10, 3.0).tolist() == [16]


def test_sampled_frames_lie_at_the_middle_of_their_position():
    assert sampled_frames(10, 4, 1, 100).tolist() == [10, 11, 12, 13]
    # 0 + 2 (i + .5) = 1, 3, 5
    assert sampled_frames(0, 3, 2, 100).tolist() == [1, 3, 5]
    # 5 + 2.5 (i + .5) = 6.25, 8.75, 11.25
    assert sampled_frames(5, 3, 2.5, 100).tolist() == [6, 8, 11]
    assert sampled_frames(-2, 5, 1, 2).tolist() == [0, 0, 0, 1, 1]
