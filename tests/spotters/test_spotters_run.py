"""The spotters through what stands behind tools/test.py, thresholds and late fusion included."""

from __future__ import annotations

import uuid
from pathlib import Path

import numpy as np
import pytest

from mmaction_mespot.annotations.schema import save_annotations
from mmaction_mespot.apis.runs import run_testing
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.dump import load_dump
from mmaction_mespot.preprocessing.store.store_writer import StreamWriter

ROOT = Path(__file__).parents[2]
GAP, FRAMES, FPS = 4, 300, 30.0
HEAD_MOTION = 0.7
EVENTS = [{'segment': [60, 100], 'label': 0}, {'segment': [180, 193], 'label': 1}]


def write_prepared(root: Path) -> Path:
    """Two people, each with a MaE (frames 60-100) and an ME (180-193), under a steady head motion."""
    entries: list[dict] = []
    for subject, height in (('s01', 1.0), ('s02', 1.2)):
        rng = np.random.default_rng(len(entries))
        instants = np.arange(FRAMES + 2 * GAP) - GAP + 0.5
        bump = np.zeros(len(instants))
        for start, end in ((60, 100), (180, 193)):
            bump += height * np.clip(np.minimum(instants - start, end - instants) / 5, 0, 1)
        at = np.arange(FRAMES) + GAP - GAP // 2
        for stream, shape, moving in (
            ('flow_roi', (14, 2), (slice(8, 11), 0)),
            ('flow_grid', (12, 12, 2), (slice(7, 11), slice(2, 10), 0)),
        ):
            places = rng.normal(0, 0.03, (len(instants), *shape))
            places[(slice(None), *moving)] += bump.reshape(-1, *(1,) * (len(shape) - 1))
            flow = (places[at + GAP] - places[at] + HEAD_MOTION).astype(np.float32)
            path = root / stream / f'{subject}_0101.h5'
            with StreamWriter(path, stream, shape, {'gap': GAP, 'fps': FPS}) as writer:
                writer.append(flow, head_motion=np.full((FRAMES, 2), HEAD_MOTION, np.float32))
        entries.append(
            {
                'video_id': f'{subject}_0101',
                'subject': subject,
                'frame_dir': subject,
                'filename_tmpl': 'img{:03d}.jpg',
                'start_index': 1,
                'total_frames': FRAMES,
                'fps': FPS,
                'size': [100, 100],
                'instances': EVENTS,
            }
        )
    metainfo = {
        'dataset': 'synthetic',
        'classes': ['MaE', 'ME'],
        'part': 'normal',
        'splits': {'val': ['s01'], 'test': ['s02']},
        'source_root': str(root),
    }
    save_annotations({'metainfo': metainfo, 'data_list': entries}, root / 'annotations.json')
    return root


@pytest.fixture(scope='module')
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stands for the quick start's set, and itself for a set with folds."""
    root = tmp_path_factory.mktemp('spotters')
    write_prepared(root / 'normal')
    return root


def run(config: str, work_dir: Path, *options: str, checkpoint: tuple[str, ...] = ()) -> dict[str, float]:
    """Test a config; an experiment's name may be used once a process."""
    words = [str(ROOT / 'configs' / config), *checkpoint, '--work-dir', str(work_dir)]
    return run_testing([*words, '--cfg-options', f'experiment_name={uuid.uuid4()}', *options])


def dumps(folder: Path) -> list[str]:
    return [f'{part}_evaluator.dump_path={folder / part}.json' for part in ('val', 'test')]


def test_thresholds_from_val_and_results_of_test(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('MESPOT_DATA', str(data))
    metrics = run('spotters/optical_flow_quick.py', tmp_path, *dumps(tmp_path))
    assert metrics['spotting/F1'] == 1.0
    val, test = (load_dump(tmp_path / f'{part}.json') for part in ('val', 'test'))
    assert test.metainfo['thresholds'] == val.metainfo['thresholds']
    assert val.metainfo['threshold_source'] == 'tuned on these videos'
    assert [video.subject for video in (*val.videos, *test.videos)] == ['s01', 's02']
    (video,) = test.final_videos()
    order = np.argsort(video.detections.segments[:, 0])
    np.testing.assert_array_equal(video.detections.labels[order], [0, 1])
    np.testing.assert_allclose(video.detections.segments[order], [[60, 100], [180, 193]], atol=3)
    # Candidates below the threshold stay in the dump.
    assert len(test.videos[0].detections) > 2


@pytest.mark.parametrize('config', ['optical_flow', 'mdmd'])
@pytest.mark.parametrize('dataset', ['casme2', 'samm'])
def test_one_fold(
    config: str, dataset: str, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('MESPOT_DATA', str(data / 'normal'))
    monkeypatch.setenv('MESPOT_FOLD', 's01')
    run(f'spotters/{config}_{dataset}.py', tmp_path, *dumps(tmp_path))
    assert [video.subject for video in load_dump(tmp_path / 'test.json').videos] == ['s01']
    assert [video.subject for video in load_dump(tmp_path / 'val.json').videos] == ['s02']


def test_late_fusion_of_the_lite_network(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('MESPOT_DATA', str(data))
    monkeypatch.setenv('MESPOT_SPOTTER', str(tmp_path))
    run('spotters/optical_flow_quick.py', tmp_path, *dumps(tmp_path))
    lite = ROOT / 'mmaction_mespot' / 'checkpoints' / 'mespot_lite_synthme.pth'
    # One part instead of the benchmark's three.
    text = (ROOT / 'configs' / 'mespot_lite_synthetic_fusion.py').read_text(encoding='utf-8')
    base = ROOT / 'configs' / 'mespot_lite_synthetic_quick.py'
    config = tmp_path / 'fusion.py'
    config.write_text(text.replace("'./mespot_lite_synthetic.py'", f'{str(base)!r}'), encoding='utf-8')
    dump = f'test_evaluator.dump_path={tmp_path / "fused.json"}'
    metrics = run(str(config), tmp_path, dump, checkpoint=(str(lite),))
    fused, spotted = load_dump(tmp_path / 'fused.json'), load_dump(tmp_path / 'test.json')
    assert fused.metainfo['post_processing']['fusion']['weight'] == 0.4
    assert metrics['spotting/threshold_MaE'] == fused.metainfo['thresholds']['MaE'] != pytest.approx(0.6621)
    # Of the two movements, a candidate that only the spotter has comes in at .4 of its score.
    own = spotted.videos[0].detections
    assert np.isin(np.round(fused.videos[0].detections.scores, 6), np.round(0.4 * own.scores, 6)).any()


def test_a_network_needs_a_checkpoint(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('MESPOT_DATA', str(data))
    with pytest.raises(MESpotError, match=r'quick\.py has weights: expected a checkpoint, found none'):
        run('mespot_lite_synthetic_quick.py', tmp_path)
