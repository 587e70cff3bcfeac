from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mmaction_mespot.datasets.transforms import ActivityNetWindow, PackFeatureInputs
from mmaction_mespot.errors import MESpotError


def video(**keys: Any) -> dict[str, Any]:
    """10 s of 30 frames per second; 50 rows cover 200 frames: a row is 4 frames."""
    return dict(
        raw_feature=np.arange(100, dtype=np.float32).reshape(2, 50),
        video_name='v_abc',
        duration_second=10.0,
        duration_frame=300,
        feature_frame=200,
        annotations=[dict(segment=[2.0, 4.0], label='MaE'), dict(segment=[8.0, 9.0], label='ME')],
        **keys,
    )


def test_a_video_of_somebody_else() -> None:
    packed = PackFeatureInputs()(ActivityNetWindow()(video()))
    assert packed['inputs']['level_0'].shape == (2, 50, 1, 1)
    sample = packed['data_samples']
    # frames 60 to 120 are rows 15 to 30; the other event lies behind the features
    assert sample.gt_instances.segments.tolist() == [[15.0, 30.0]]
    assert sample.gt_instances.labels.tolist() == [0]
    meta = sample.metainfo
    assert (meta['video_id'], meta['subject'], meta['part']) == ('abc', 'abc', None)
    assert (meta['fps'], meta['total_frames'], meta['window_start']) == (30.0, 300, 0.0)
    assert (meta['frame_interval'], meta['clip_len']) == (4.0, 50)
    assert meta['video_segments'].tolist() == [[60.0, 120.0], [240.0, 270.0]]
    assert meta['video_labels'].tolist() == [0, 1]


def test_our_own_window() -> None:
    own = dict(video_id='s01', subject='p', part='hard', total_frames=900, window_start=400.0)
    meta = PackFeatureInputs()(
        ActivityNetWindow()(video(**own, video_segments=[[460, 520]], video_labels=[0]))
    )['data_samples'].metainfo
    assert {key: meta[key] for key in own} == own
    assert meta['video_segments'].tolist() == [[460, 520]]


def test_rows_are_brought_to_a_length() -> None:
    window = ActivityNetWindow(length=25)(video())
    assert window['levels'][0].shape == (2, 25, 1, 1)
    # the centre of two rows
    assert window['levels'][0][0, :3, 0, 0].tolist() == [0.5, 2.5, 4.5]
    assert window['gt_segments'].tolist() == [[7.5, 15.0]] and window['frame_interval'] == 8.0


def test_labels() -> None:
    climbing = video()
    climbing['annotations'][0]['label'] = 'Rock climbing'
    with pytest.raises(MESpotError, match=r"v_abc: label 'Rock climbing', expected one of \('MaE', 'ME'\)"):
        ActivityNetWindow()(climbing)
    assert ActivityNetWindow(classes=None)(climbing)['video_labels'].tolist() == [0, 0]
    with pytest.raises(MESpotError, match='length must be above 0, found 0'):
        ActivityNetWindow(length=0)
