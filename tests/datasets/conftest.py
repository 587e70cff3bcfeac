from __future__ import annotations

import sys
from pathlib import Path

import pytest
from mmengine.registry import init_default_scope

# The suite imports by importlib, which leaves the folder of the fixture factory off the path.
sys.path.insert(0, str(Path(__file__).parents[1] / 'datasets'))

from prepared_set import write_prepared


@pytest.fixture(scope='session')
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_prepared(tmp_path_factory.mktemp('prepared') / 'set')


@pytest.fixture(autouse=True)
def scope() -> None:
    init_default_scope('mmaction')
