import numpy as np
import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.metrics.merging import merge_videos
from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.intervals.postprocess import PostProcessing


def window(start, score=0.9, part='normal', video_id='s01_0101'):
    return {
        'video_id': video_id,
        'subject': 's01',
        'part': part,
        'fps': 30.0,
        'total_frames': 300,
        'start': start,
        'end': start + 100,
        'detections': Detections([[start + 40, start + 60]], [score], [0]),
        'truth_segments': np.array([[40.0, 60.0]]),
        'truth_labels': np.array([0.0]),
        'score_thresholds': None,
    }


def test_windows_are_grouped_by_part_and_video_and_counted_once():
    windows = [window(200), window(0), window(0), window(0, part='hard'), window(0, video_id='s01_0102')]
    videos = merge_videos(windows, PostProcessing())
    assert [(v.part, v.video_id, len(v.detections)) for v in videos] == [
        ('hard', 's01_0101', 1),
        ('normal', 's01_0101', 2),
        ('normal', 's01_0102', 1),
    ]
    assert videos[1].segments.tolist() == [[40, 60]]


def test_the_video_of_a_bad_candidate_is_named():
    with pytest.raises(MESpotError, match=r'video s01_0101: .*not finite'):
        merge_videos([window(0, score=np.nan)], PostProcessing())
