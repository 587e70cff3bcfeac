from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.registry import MODELS, init_default_scope

from mmaction_mespot.apis.bsn_proposals import write_bsn_proposals
from mmaction_mespot.errors import MESpotError

sys.path.append(str(Path(__file__).parents[1] / 'datasets'))

from prepared_set import write_prepared

META = ('video_name', 'duration_second', 'duration_frame', 'feature_frame', 'annotations')
CONFIG = """
data = dict(type='PseudoVideoDataset', data_root='{root}', clip_len=32, target_fps=15, include_subjects='s03')
test_pipeline = [
    dict(type='LoadStreams', streams=dict(flow='flow_roi')),
    dict(type='StreamsToFeature'),
    dict(type='PackLocalizationInputs', meta_keys={meta}),
]
train_dataloader = dict(dataset=dict(**data, pipeline=[dict(type='StreamsToFeature')]))
test_dataloader = dict(dataset=dict(**data, stride=16, test_mode=True, pipeline=test_pipeline))
model = {model}
"""
TEM = dict(
    type='TEM',
    temporal_dim=32,
    boundary_ratio=0.1,
    tem_feat_dim=28,
    tem_hidden_dim=8,
    tem_match_threshold=0.5,
)


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set (s03: 90 frames, events [10, 40) and [50, 60)), a config, and two checkpoints."""
    path = tmp_path_factory.mktemp('bsn')
    write_prepared(path / 'set', streams=('flow_roi',))
    (path / 'tem.py').write_text(CONFIG.format(root=path / 'set', meta=META, model=TEM))
    init_default_scope('mmaction')
    for name in ('first', 'second'):
        torch.manual_seed(len(name))
        torch.save({'state_dict': MODELS.build(TEM).state_dict()}, path / f'{name}.pth')
    return path


def test_files_of_a_window(folder: Path, tmp_path: Path) -> None:
    # training: windows of 64 frames at 0 and 26; test: every 32nd frame, the last one at 26, too
    assert write_bsn_proposals(folder / 'tem.py', folder / 'first.pth', tmp_path, ('train',), top_k=20) == 2
    names = sorted(path.stem for path in (tmp_path / 'features').glob('*.npy'))
    assert names == ['v_normal_s03_0101_000000', 'v_normal_s03_0101_000026']
    curves = np.loadtxt(tmp_path / 'tem' / f'{names[0]}.csv', delimiter=',', skiprows=1)
    proposals = np.loadtxt(tmp_path / 'proposals' / f'{names[0]}.csv', delimiter=',', skiprows=1)
    assert curves.shape == (32, 5) and proposals.shape == (20, 7)
    assert np.load(tmp_path / 'features' / f'{names[0]}.npy').shape == (20, 32)
    assert (np.diff(proposals[:, 4]) <= 1e-6).all()
    # match_iou with the events, which are [10, 40) and [50, 60) of 64 frames
    start, end = proposals[0, :2] * 64
    overlaps = [
        max(0, min(end, b) - max(start, a)) / (max(end, b) - min(start, a)) for a, b in ((10, 40), (50, 60))
    ]
    assert proposals[0, 5] == pytest.approx(max(overlaps), abs=1e-4)


def test_a_second_run_goes_on(folder: Path, tmp_path: Path) -> None:
    write_bsn_proposals(folder / 'tem.py', folder / 'first.pth', tmp_path, ('train', 'test'))
    lost = tmp_path / 'features' / 'v_normal_s03_0101_000026.npy'
    lost.unlink()
    assert write_bsn_proposals(folder / 'tem.py', folder / 'first.pth', tmp_path, ('train', 'test')) == 1
    assert lost.is_file()


def test_another_checkpoint_takes_another_folder(folder: Path, tmp_path: Path) -> None:
    write_bsn_proposals(folder / 'tem.py', folder / 'first.pth', tmp_path, ())
    with pytest.raises(MESpotError, match='holds proposals of another checkpoint'):
        write_bsn_proposals(folder / 'tem.py', folder / 'second.pth', tmp_path, ())


def test_no_checkpoint(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(MESpotError, match='checkpoint not found'):
        write_bsn_proposals(folder / 'tem.py', folder / 'third.pth', tmp_path)
