"""The movement spotter on prepared videos by tools/test.py, and as a config of tools/spot.py."""

from __future__ import annotations

import uuid
from pathlib import Path

import numpy as np
import pytest
from movement_streams import CROP, FPS, GAP, streams_with

from mmaction_mespot.annotations.schema import save_annotations
from mmaction_mespot.apis.runs import run_testing
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.dump import load_dump
from mmaction_mespot.intervals.selection import apply_thresholds
from mmaction_mespot.preprocessing.store.store_writer import StreamWriter
from mmaction_mespot.spotters.candidate_movements import CandidateMovementSpotter
from mmaction_mespot.spotting.labelled_videos import VideoStreams, candidates_of
from mmaction_mespot.spotting.loading import load_spot_model
from mmaction_mespot.spotting.training_free import MOVEMENT_THRESHOLDS, movement_model

CONFIG = Path(__file__).parents[2] / 'configs' / 'spotters' / 'movement.py'
EVENTS = [(100, 160, 0.15), (250, 262, 0.02), (2000, 2060, 0.2)]
FRAMES = 2400
"""More than a minute: two stretches."""


def write_prepared(root: Path, crop_size: bool = True) -> dict[str, np.ndarray]:
    """One test person; gives the streams."""
    streams = streams_with(EVENTS, FRAMES)
    streams['head_motion'] += np.float32(0.5)
    attrs = {'gap': GAP, 'fps': FPS, **({'crop_size': CROP} if crop_size else {})}
    with StreamWriter(root / 'flow_roi' / 'a.h5', 'flow_roi', (14, 2), attrs) as writer:
        writer.append(streams['flow_roi'] + streams['head_motion'][:, None], streams['head_motion'])
    shapes = streams['face_shape']
    with StreamWriter(root / 'face_shape' / 'a.h5', 'face_shape', shapes.shape[1:], attrs) as writer:
        writer.append(shapes)
    entry = {
        'video_id': 'a',
        'subject': 's1',
        'frame_dir': 'a',
        'filename_tmpl': 'img{:03d}.jpg',
        'start_index': 1,
        'total_frames': FRAMES,
        'fps': FPS,
        'size': [100, 100],
        'instances': [{'segment': [100, 160], 'label': 0}],
    }
    metainfo = {'dataset': 'own', 'classes': ['MaE', 'ME'], 'part': 'own', 'source_root': str(root)}
    save_annotations({'metainfo': metainfo, 'data_list': [entry]}, root / 'annotations.json')
    return streams


def found_by_test(root: Path, work: Path, *options: str) -> Path:
    config = work / f'own_{uuid.uuid4().hex}.py'
    config.write_text(
        f'_base_ = {str(CONFIG)!r}\n'
        "test_dataloader = dict(dataset=dict(_delete_=True, type='WholeVideoDataset', "
        f'data_root={str(root)!r}, pipeline={{{{_base_.pipeline}}}}))\n'
    )
    dump = work / 'dump.json'
    run_testing(
        [str(config), '--work-dir', str(work), '--cfg-options', f'test_evaluator.dump_path={dump}', *options]
    )
    return dump


def test_a_prepared_video_gives_what_the_streams_give_at_the_spotters_own_thresholds(tmp_path: Path) -> None:
    streams = write_prepared(tmp_path / 'set')
    dump = load_dump(found_by_test(tmp_path / 'set', tmp_path))
    expected = candidates_of(movement_model(), VideoStreams(streams, FPS, FPS))
    expected = expected[expected.scores >= 0.05]
    found = dump.videos[0].detections
    found = found[found.scores >= 0.05]
    assert len(found) == len(expected) >= 3
    for one, other in ((found, expected), (expected, found)):
        gaps = np.abs(one.segments[:, None] - other.segments[None]).max(axis=2)
        assert (gaps.min(axis=1) < 0.2).all()  # the flow is stored as float16
        np.testing.assert_allclose(other.scores[gaps.argmin(axis=1)], one.scores, atol=0.01)
    assert list(dump.metainfo['thresholds'].values()) == pytest.approx(MOVEMENT_THRESHOLDS)
    assert len(apply_thresholds(found, MOVEMENT_THRESHOLDS)) >= 2


def test_a_set_without_the_size_of_its_crops_is_named(tmp_path: Path) -> None:
    write_prepared(tmp_path / 'set', crop_size=False)
    with pytest.raises(MESpotError, match=r'a\.h5: holds no crop_size, prepare it again'):
        found_by_test(tmp_path / 'set', tmp_path)


def test_the_config_is_the_shipped_spotter_also_for_own_videos() -> None:
    model = load_spot_model(str(CONFIG))
    assert (model.name, model.config) == ('movement', str(CONFIG))
    assert model.thresholds == MOVEMENT_THRESHOLDS
    assert model.false_per_minute == movement_model().false_per_minute is not None
    assert load_spot_model(str(CONFIG), thresholds={'ME': 0.5}).thresholds == (MOVEMENT_THRESHOLDS[0], 0.5)


def test_thresholds_are_the_spotters_or_chosen() -> None:
    assert CandidateMovementSpotter().score_thresholds.isnan().all()
    assert CandidateMovementSpotter((0.25, 0.5)).score_thresholds.tolist() == [0.25, 0.5]
    with pytest.raises(MESpotError, match=r'thresholds: found \(0\.25,\), expected one for each of'):
        CandidateMovementSpotter((0.25,))
    with pytest.raises(MESpotError, match=r'none\.npz: expected the weights of a movement scorer'):
        CandidateMovementSpotter(scorer='none.npz')
