from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch
from mmengine.registry import MODELS, init_default_scope

from mmaction_mespot.apis.bsn_proposals import write_bsn_proposals
from mmaction_mespot.apis.export_activitynet import export_activitynet

# The suite imports by importlib, which leaves the folders of the fixture factories off the path.
sys.path.extend([str(Path(__file__).parent), str(Path(__file__).parents[1] / 'datasets')])

from prepared_features import write_features
from prepared_set import write_prepared
from tiny_config import ALL_PROPOSALS, CLIP_LEN, SIZE, TINY_FOLD, TINY_STREAMS, TINY_VIDEOS, tiny_config

CONFIGS = Path(__file__).parents[2] / 'configs'


@pytest.fixture(scope='session')
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_prepared(tmp_path_factory.mktemp('prepared') / 'set')


@pytest.fixture(scope='session')
def tiny_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stands for the parts of the benchmark and, itself, for a real data set."""
    root = tmp_path_factory.mktemp('tiny') / 'set'
    write_prepared(root, SIZE, TINY_STREAMS, videos=TINY_VIDEOS)
    write_features(root, 'features_lite', dict(flow=(32, 48, 48)), (6, 3, 3), CLIP_LEN, 30)
    write_features(
        root, 'features_i3d', dict.fromkeys(('rgb', 'flow'), (512, 1024, 2048)), (1, 1, 1), CLIP_LEN
    )
    for part in ('normal', 'hard', 'shift'):
        (root / part).mkdir()
        for name in ('annotations.json', *TINY_STREAMS, 'features_lite'):
            (root / part / name).symlink_to(root / name)
    export_activitynet(root, root / 'features_lite', root / 'normal' / 'activitynet', clip_len=CLIP_LEN)
    return root


@pytest.fixture(scope='session')
def tiny_proposals(tiny_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What BSN's second network and TCANet refine, from a first network that was not trained."""
    folder = tmp_path_factory.mktemp('proposals')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('MESPOT_DATA', str(tiny_root))
        cfg = tiny_config(CONFIGS / 'localization' / 'bsn_tem_synthme.py', folder)
        init_default_scope('mmaction')
        torch.save({'state_dict': MODELS.build(cfg.model).state_dict()}, folder / 'tem.pth')
        cfg.dump(folder / 'tem.json')
        write_bsn_proposals(folder / 'tem.json', folder / 'tem.pth', folder / 'pgm', top_k=ALL_PROPOSALS)
    return folder / 'pgm'


@pytest.fixture
def tiny_data(tiny_root: Path, tiny_proposals: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configs find the tiny set by their environment variables."""
    monkeypatch.setenv('MESPOT_DATA', str(tiny_root))
    monkeypatch.setenv('MESPOT_PROPOSALS', str(tiny_proposals))
    monkeypatch.setenv('MESPOT_FOLD', TINY_FOLD)
    return tiny_root


@pytest.fixture(autouse=True)
def scope() -> None:
    init_default_scope('mmaction')
