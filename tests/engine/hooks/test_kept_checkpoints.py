from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.runner import Runner, find_latest_checkpoint

CONFIG = Path(__file__).parents[3] / 'configs' / '_base_' / 'default_runtime.py'


def test_a_kill_while_a_checkpoint_is_written_leaves_the_one_before(make_runner, tmp_path, monkeypatch):
    save = Runner.save_checkpoint

    def cut_off(self, out_dir, filename, *args, **kwargs):
        if filename == 'epoch_3.pth':
            (Path(out_dir) / filename).write_bytes(b'half a file')
            raise KeyboardInterrupt
        save(self, out_dir, filename, *args, **kwargs)

    monkeypatch.setattr(Runner, 'save_checkpoint', cut_off)
    checkpoint = Config.fromfile(CONFIG).default_hooks.checkpoint
    with pytest.raises(KeyboardInterrupt):
        make_runner([], checkpoint=checkpoint).train()
    latest = find_latest_checkpoint(tmp_path / 'work')
    assert Path(latest).name == 'epoch_2.pth'
    assert torch.load(latest, weights_only=False)['meta']['epoch'] == 2
