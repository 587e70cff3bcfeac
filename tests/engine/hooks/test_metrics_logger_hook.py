import json
import logging
from types import SimpleNamespace

import numpy as np
import pytest

from mmaction_mespot.engine.hooks import MetricsLoggerHook


@pytest.fixture
def runner(tmp_path):
    tags = {'spotting/TP': np.int64(3), 'spotting/F1': 0.75, 'time': np.float64(0.5)}
    return SimpleNamespace(
        work_dir=str(tmp_path),
        log_dir=str(tmp_path),
        timestamp='now',
        logger=logging.getLogger('test'),
        test_dataloader=[0],
        log_processor=SimpleNamespace(get_log_after_epoch=lambda *_, **__: (tags, 'text')),
    )


def finish(runner):
    hook = MetricsLoggerHook()
    hook.before_run(runner)
    hook.after_test_epoch(runner)


def test_counts_are_numbers_in_the_file(runner, tmp_path):
    finish(runner)
    values = json.loads((tmp_path / 'now.json').read_text())
    assert values == {'spotting/TP': 3, 'spotting/F1': 0.75, 'time': 0.5}


def test_another_process_writes_nothing(runner, tmp_path, monkeypatch):
    monkeypatch.setattr('mmengine.dist.utils.get_rank', lambda group=None: 1)
    finish(runner)
    assert not list(tmp_path.iterdir())
