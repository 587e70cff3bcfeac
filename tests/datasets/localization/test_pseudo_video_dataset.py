from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from mmaction.registry import DATASETS
from mmengine.registry import init_default_scope

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.metrics.window_record import read_window

sys.path.append(str(Path(__file__).parents[1]))

from prepared_set import write_prepared

META = ('video_name', 'duration_second', 'duration_frame', 'feature_frame', 'annotations')
PIPELINE = [
    dict(type='LoadStreams', streams=dict(flow='flow_roi')),
    dict(type='StreamsToFeature'),
    dict(type='GenerateLocalizationLabels'),
    dict(type='PackLocalizationInputs', keys=('gt_bbox',), meta_keys=META),
]


@pytest.fixture(scope='module')
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    init_default_scope('mmaction')
    return write_prepared(tmp_path_factory.mktemp('pseudo') / 'set', streams=('flow_roi',))


def build(root: Path, **options):
    options = dict(data_root=str(root), clip_len=64, target_fps=15, stride=32, pipeline=PIPELINE) | options
    return DATASETS.build(dict(type='PseudoVideoDataset', **options))


def test_a_window_in_the_words_of_mmaction2(root: Path) -> None:
    """s02 has 60 frames per second: 64 positions at 15 are 256 frames, more than its 240."""
    info = build(root, include_subjects='s02', test_mode=True).get_data_info(0)
    assert info['video_name'] == 'v_normal_s02_0101_000000'
    assert (info['duration_frame'], info['feature_frame']) == (64, 64)
    assert info['duration_second'] == pytest.approx(64 / 15)
    # MaE [20, 100) and ME [120, 144), in seconds of the window
    assert [item['label'] for item in info['annotations']] == ['MaE', 'ME']
    np.testing.assert_allclose([item['segment'] for item in info['annotations']], [[1 / 3, 5 / 3], [2, 2.4]])


def test_labels_and_features_of_the_pipeline(root: Path) -> None:
    item = build(root, include_subjects='s02', test_mode=True)[0]
    assert item['inputs'].shape == (28, 64)
    # the flow of frame i is (i / 32, row): position 1 reads frame 6 of every 4th
    np.testing.assert_allclose(item['inputs'][:4, 1], [6 / 32, 0, 6 / 32, 1], atol=1e-3)
    expected = np.array([[20, 100], [120, 144]]) / 256
    np.testing.assert_allclose(item['data_samples'].gt_instances['gt_bbox'], expected)


def test_proposals_come_back_as_frames(root: Path) -> None:
    """The second window of s01_0101 starts at frame 64; its events as proposals give the video's labels."""
    dataset = build(root, include_subjects='s01', test_mode=True)
    info = dataset.get_data_info(1)
    assert info['window_start'] == 64 and info['annotations']
    proposals = [dict(segment=item['segment'], score=0.5) for item in info['annotations']]
    record = read_window(dict(video_name=info['video_name'], proposal_list=proposals), info)
    np.testing.assert_allclose(record['detections'].segments, [[100, 140], [150, 162]])
    assert record['detections'].labels.tolist() == [0, 1]
    assert (record['start'], record['end']) == (64, 64 + 128)


def test_training_windows_without_events_are_left_out(root: Path) -> None:
    test, train = build(root, include_subjects='s01', test_mode=True), build(root, include_subjects='s01')
    names = [
        test.get_data_info(i)['video_name'] for i in range(len(test)) if test.get_data_info(i)['annotations']
    ]
    assert [train.get_data_info(i)['video_name'] for i in range(len(train))] == names
    # 300 frames: windows at 0, 64, 128, 172; both events end before 172. The video without events has 3.
    assert len(test) == 4 + 3 and len(names) == 3


def test_the_epoch_does_not_change_a_window(root: Path) -> None:
    train = build(root, include_subjects='s01')
    assert train.get_data_info(len(train) + 1)['video_name'] == train.get_data_info(1)['video_name']


def test_random_windows_are_refused(root: Path) -> None:
    with pytest.raises(MESpotError, match=r"its windows slide, found the options \['balance'\]"):
        build(root, balance=dict(MaE=1, ME=1, none=0))


def test_nothing_to_train_on(root: Path) -> None:
    with pytest.raises(MESpotError, match=r'none of the \d+ training windows holds an event'):
        build(root, include_subjects='s01', indices=[1])
