import numpy as np
import pytest
import torch

from mmaction_mespot.intervals.iou import segment_ioa, segment_iou

A = [[0.0, 10.0], [20.0, 24.0], [5.0, 5.0]]
B = [[5.0, 15.0], [10.0, 20.0], [21.0, 23.0], [5.0, 5.0]]
# By hand: [0,10) and [5,15) share 5 of 15 frames; neighbours share none; [21,23) lies in [20,24).
IOU = [[1 / 3, 0, 0, 0], [0, 0, 0.5, 0], [0, 0, 0, 0]]
IOA = [[0.5, 0, 0, 0], [0, 0, 1.0, 0], [0, 0, 0, 0]]


@pytest.mark.parametrize(('function', 'expected'), [(segment_iou, IOU), (segment_ioa, IOA)])
def test_overlaps_computed_by_hand(function, expected):
    assert np.allclose(function(np.array(A), np.array(B)), expected)
    result = function(torch.tensor(A), torch.tensor(B))
    assert isinstance(result, torch.Tensor)
    assert torch.allclose(result, torch.tensor(expected))


@pytest.mark.parametrize('function', [segment_iou, segment_ioa])
def test_no_interval_at_all(function):
    assert function(np.zeros((0, 2)), np.array(B)).shape == (0, 4)
    assert function(torch.tensor(A), torch.zeros(0, 2)).shape == (3, 0)


def test_iou_equals_the_inclusive_frame_iou_of_the_field():
    # Frames 3..8 and 6..11, both ends included: 3 common frames of 9.
    assert segment_iou(np.array([[3, 9]]), np.array([[6, 12]]))[0, 0] == 3 / 9
