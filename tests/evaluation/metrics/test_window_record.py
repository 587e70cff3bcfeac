import numpy as np
import pytest
import torch

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.metrics.window_record import read_window
from mmaction_mespot.intervals.detections import MAE, ME

META = {
    'video_id': 's01_0101',
    'subject': 's01',
    'part': 'hard',
    'fps': 25,
    'total_frames': 500,
    'window_start': 100,
    'clip_len': 64,
    'frame_interval': 2.5,
    'video_segments': torch.tensor([[10.0, 40.0]]),
    'video_labels': torch.tensor([0]),
}


def test_instances_are_taken_as_they_are():
    instances = {
        'segments': torch.tensor([[110.0, 120.0]], requires_grad=True),
        'scores': torch.tensor([0.5]),
        'labels': torch.tensor([1]),
    }
    window = read_window({'pred_instances': instances}, {**META, 'score_thresholds': [0.5, 0.25]})
    assert (window['start'], window['end']) == (100, 100 + 64 * 2.5)
    assert window['detections'].segments.tolist() == [[110, 120]]
    assert window['detections'].labels.tolist() == [ME]
    assert window['truth_segments'].tolist() == [[10, 40]]
    assert window['score_thresholds'] == [0.5, 0.25]


def test_proposals_are_seconds_of_the_window_and_classed_by_length():
    proposals = [{'score': 0.9, 'segment': [1.0, 1.4]}, {'score': 0.8, 'segment': [0.0, 2.0]}]
    meta = {key: value for key, value in META.items() if key not in ('clip_len', 'frame_interval', 'part')}
    window = read_window({'video_name': 'v_1', 'proposal_list': proposals}, {**meta, 'duration_frame': 160})
    assert np.allclose(window['detections'].segments, [[125, 135], [100, 150]])
    assert window['detections'].labels.tolist() == [ME, MAE]
    assert (window['start'], window['end'], window['part']) == (100, 260, None)
    assert len(read_window({'proposal_list': []}, META)['detections']) == 0


def test_missing_keys_are_named():
    meta = {key: value for key, value in META.items() if key not in ('fps', 'clip_len')}
    with pytest.raises(
        MESpotError, match=r"video s01_0101 lacks the meta keys \['fps', 'clip_len and frame_"
    ):
        read_window({'proposal_list': []}, meta)
    with pytest.raises(
        MESpotError, match=r"neither pred_instances nor proposal_list, found \['pred_score'\]"
    ):
        read_window({'pred_score': 1}, META)
