"""Prepared raw frames through MMAction2's own data set and transforms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from mmaction.datasets import RawframeDataset
from mmaction.datasets.transforms import RawFrameDecode, SampleFrames

from mmaction_mespot.preprocessing.preparation_settings import PreparationSettings
from mmaction_mespot.preprocessing.prepare import RAWFRAMES_EVENTS, prepare_dataset
from mmaction_mespot.preprocessing.store.rawframes_writer import picture_to_flow
from mmaction_mespot.preprocessing.store.store_reader import StreamReader

FRAMES, BOUND = 9, 8.0


@pytest.fixture(scope='module')
def annotations(portrait: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    root = tmp_path_factory.mktemp('frames')
    for i in range(FRAMES):  # a brow that rises
        y, x = np.mgrid[: portrait.shape[0], : portrait.shape[1]].astype(np.float32)
        lift = 0.4 * i * np.exp(-((x - 128) ** 2 + (y - 90) ** 2) / 800)
        image = cv2.remap(portrait, x, y + lift, cv2.INTER_CUBIC)
        cv2.imwrite(str(root / f'{i}.png'), image[:, :, ::-1])
    video = dict(
        video_id='s01_0101',
        subject='s01',
        frame_dir='.',
        filename_tmpl='{}.png',
        start_index=0,
        total_frames=FRAMES,
        fps=30.0,
        instances=[dict(segment=[1, 4], label=1), dict(segment=[4, 9], label=0)],
    )
    return dict(metainfo=dict(source_root=str(root)), data_list=[video])


def _read(out: Path, modality: str, template: str) -> list[dict[str, Any]]:
    """All events, by MMAction2."""
    pipeline = [
        SampleFrames(clip_len=3, frame_interval=1, num_clips=1, test_mode=True),
        RawFrameDecode(),
    ]
    dataset = RawframeDataset(
        str(out / RAWFRAMES_EVENTS),
        pipeline=pipeline,
        data_prefix=dict(img=str(out / 'rawframes')),
        filename_tmpl=template,
        with_offset=True,
        modality=modality,
        test_mode=True,
    )
    return [dataset[i] for i in range(len(dataset))]


def test_stock_mmaction_reads_the_frames_and_the_flow_of_each_event(
    annotations: dict[str, Any], tmp_path: Path
) -> None:
    options: dict[str, Any] = dict(crop_size=64, flow_method='dis', flow_gap=2)
    settings = PreparationSettings(format='rawframes', flow_bound=BOUND, **options)
    raw, store = tmp_path / 'raw', tmp_path / 'store'
    result = prepare_dataset(annotations, raw, settings)
    assert set(result.disk.streams) == {'rawframes', 'flow_grid', 'flow_roi', 'faces'}
    prepare_dataset(annotations, store, PreparationSettings(**options))
    assert (raw / RAWFRAMES_EVENTS).read_text() == 's01_0101 1 3 1\ns01_0101 4 5 0\n'

    crops = StreamReader(store / 'rgb' / 's01_0101.h5').read(np.arange(FRAMES)).astype(int)
    flows = StreamReader(store / 'flow' / 's01_0101.h5').read(np.arange(FRAMES))
    assert np.abs(flows).max() > 0.3
    # Three frames of three are all; three of five, from the middle.
    for event, frames in zip(_read(raw, 'RGB', 'img_{:05d}.jpg'), ([1, 2, 3], [5, 6, 7]), strict=True):
        assert np.abs(np.array(event['imgs']).astype(int) - crops[frames]).max() <= 2
    events = _read(raw, 'Flow', 'flow_{}_{:05d}.jpg')
    assert [event['label'] for event in events] == [1, 0]
    for event, frames in zip(events, ([1, 2, 3], [5, 6, 7]), strict=True):
        error = picture_to_flow(np.array(event['imgs']), BOUND) - flows[frames]
        assert np.sqrt((error**2).mean()) < 0.05

    # Finished videos are recognised; another bound is another set.
    assert prepare_dataset(annotations, raw, settings).skipped == ['s01_0101']
    (raw / 'rawframes' / 's01_0101' / 'flow_x_00004.jpg').unlink()
    assert prepare_dataset(annotations, raw, settings).prepared == ['s01_0101']
    other = PreparationSettings(format='rawframes', flow_bound=20.0, **options)
    assert prepare_dataset(annotations, raw, other).prepared == ['s01_0101']


def test_ids_with_blanks_are_refused_before_the_work(annotations: dict[str, Any], tmp_path: Path) -> None:
    (video,) = annotations['data_list']
    renamed = {**annotations, 'data_list': [{**video, 'video_id': 'my video'}]}
    with pytest.raises(ValueError, match="the video id 'my video' holds a blank"):
        prepare_dataset(renamed, tmp_path / 'out', PreparationSettings(format='rawframes'))
    assert not (tmp_path / 'out').exists()
