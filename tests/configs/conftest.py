from __future__ import annotations

import sys
from pathlib import Path

import pytest
from mmengine.registry import init_default_scope

# The suite imports by importlib, which leaves the folders of the fixture factories off the path.
sys.path.extend([str(Path(__file__).parent), str(Path(__file__).parents[1] / 'datasets')])

from prepared_set import write_prepared
from tiny_config import SIZE, TINY_FOLD, TINY_STREAMS, TINY_VIDEOS


@pytest.fixture(scope='session')
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_prepared(tmp_path_factory.mktemp('prepared') / 'set')


@pytest.fixture(scope='session')
def tiny_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stands for the parts of the benchmark and, itself, for a real data set."""
    root = tmp_path_factory.mktemp('tiny') / 'set'
    write_prepared(root, SIZE, TINY_STREAMS, videos=TINY_VIDEOS)
    for part in ('normal', 'hard', 'shift'):
        (root / part).mkdir()
        for name in ('annotations.json', *TINY_STREAMS):
            (root / part / name).symlink_to(root / name)
    return root


@pytest.fixture
def tiny_data(tiny_root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configs find the tiny set by their environment variables."""
    monkeypatch.setenv('MESPOT_DATA', str(tiny_root))
    monkeypatch.setenv('MESPOT_FOLD', TINY_FOLD)
    return tiny_root


@pytest.fixture(autouse=True)
def scope() -> None:
    init_default_scope('mmaction')
