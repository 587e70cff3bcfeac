from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from mmaction.registry import DATASETS
from mmengine.registry import init_default_scope
from prepared_set import write_prepared

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.store.store_writer import StreamWriter

PIPELINE = [dict(type='LoadVideoFlow', stream='flow_roi'), dict(type='PackVideoFlow')]


@pytest.fixture(scope='module')
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_prepared(tmp_path_factory.mktemp('whole') / 'set', streams=('flow_roi',))


def build(root: Path, **options: object) -> list:
    init_default_scope('mmaction')
    return DATASETS.build(dict(type='WholeVideoDataset', pipeline=PIPELINE, data_root=str(root), **options))


def test_each_video_is_one_window(root: Path) -> None:
    videos = build(root)
    assert len(videos) == 4
    packed = next(video for video in videos if video['data_samples'].video_id == 's02_0101')
    flow, meta = packed['inputs']['flow'], packed['data_samples'].metainfo
    assert flow.shape == (240, 14, 2)
    # Frame 64 moves by (64 / 32, region) beside the head motion, which is taken away.
    np.testing.assert_allclose(flow[64, 3], [2.0, 3.0])
    assert (meta['window_start'], meta['clip_len'] * meta['frame_interval']) == (0, 240)
    assert (meta['fps'], meta['flow_gap'], meta['part']) == (60.0, 4, 'normal')
    assert meta['video_segments'].tolist() == [[20, 100], [120, 144]]
    assert meta['video_labels'].tolist() == [0, 1]


def test_people_of_a_split_or_a_fold(root: Path) -> None:
    assert [video['data_samples'].subject for video in build(root, split='test')] == ['s03']
    assert [video['data_samples'].subject for video in build(root, fold='s02', split='test')] == ['s02']
    assert len(build(root, include_subjects=['s01'])) == 2


def test_video_without_events(root: Path) -> None:
    videos = {video['data_samples'].video_id: video['data_samples'] for video in build(root)}
    assert videos['s01_0102'].video_segments.shape == (0, 2)


def test_missing_stream_is_named_before_the_first_video(root: Path) -> None:
    init_default_scope('mmaction')
    pipeline = [dict(type='LoadVideoFlow', stream='flow_grid'), dict(type='PackVideoFlow')]
    with pytest.raises(FileNotFoundError, match='flow_grid: 4 of 4 videos lack this stream'):
        DATASETS.build(dict(type='WholeVideoDataset', pipeline=pipeline, data_root=str(root)))


def test_flow_without_its_gap_is_named(tmp_path: Path) -> None:
    root = write_prepared(tmp_path / 'set', streams=())
    for video, frames in (('s01_0101', 300), ('s01_0102', 200), ('s02_0101', 240), ('s03_0101', 90)):
        with StreamWriter(root / 'flow_roi' / f'{video}.h5', 'flow_roi', (14, 2)) as writer:
            for _ in range(frames):
                writer.append(np.zeros((14, 2), np.float32), head_motion=np.zeros(2, np.float32))
    with pytest.raises(MESpotError, match=r'flow_roi.s01_0101\.h5: holds no gap'):
        build(root)[0]


def test_long_videos_come_in_stretches_of_a_minute(tmp_path: Path) -> None:
    root = write_prepared(
        tmp_path / 'set', streams=('flow_roi',), videos={'v': ('s01', 100, 1.0, [(70, 90, 0)])}
    )
    stretches = build(root)
    assert len(stretches) == 3
    found = [stretch['data_samples'].metainfo for stretch in stretches]
    assert [(meta['window_start'], meta['clip_len']) for meta in found] == [(0, 60), (30, 60), (60, 40)]
    assert [len(stretch['inputs']['flow']) for stretch in stretches] == [60, 60, 40]
    np.testing.assert_allclose(stretches[1]['inputs']['flow'][2, 3], [1.0, 3.0])  # frame 32
    assert all(meta['video_segments'].tolist() == [[70, 90]] for meta in found)


def test_a_network_sees_the_video_at_its_own_rate(tmp_path: Path) -> None:
    root = write_prepared(tmp_path / 'set', streams=('flow_grid',))
    pipeline = [dict(type='LoadStreams', streams=dict(flow='flow_grid')), dict(type='PackSpottingInputs')]
    options = dict(type='WholeVideoDataset', pipeline=pipeline, data_root=str(root), include_subjects=['s02'])
    (sample,) = DATASETS.build(dict(**options, target_fps=30))
    meta = sample['data_samples'].metainfo
    assert (meta['clip_len'], meta['frame_interval'], meta['fps']) == (120, 2.0, 60.0)
    # Position 3 reads frame 7, which moves by 7 / 32 px.
    np.testing.assert_allclose(sample['inputs']['flow'][0, 3, 0, 0], 7 / 32)
    assert sample['data_samples'].gt_instances.segments.tolist() == [[10, 50], [60, 72]]
    with pytest.raises(MESpotError, match='above 0, found 0'):
        DATASETS.build(dict(**options, target_fps=0))
