"""MMEngine's checkpoints load and resume under weights_only=True; a file with code in it does not."""

import functools
import http.server
import os
import pickle
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.logging import HistoryBuffer
from mmengine.runner.checkpoint import CheckpointLoader

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.safe_loading import allowed_types, install_safe_loading

RUN = """
import sys
import torch
import mmaction_mespot
from mmengine.dataset import BaseDataset
from mmengine.config import Config
from mmengine.model import BaseModel
from mmengine.registry import DATASETS, MODELS
from mmengine.runner import Runner

@MODELS.register_module()
class Line(BaseModel):
    def __init__(self):
        super().__init__()
        self.fc = torch.nn.Linear(2, 1)

    def forward(self, x, mode):
        return dict(loss=self.fc(torch.stack(x)).square().sum())

@DATASETS.register_module()
class Points(BaseDataset):
    def load_data_list(self):
        return [dict(x=1.0), dict(x=2.0)]

    def prepare_data(self, index):
        return dict(x=torch.full((2,), self.get_data_info(index)['x']))

for epochs in (2, 3):
    runner = Runner.from_cfg(Config(dict(
        model=dict(type='Line'),
        train_dataloader=dict(batch_size=1, num_workers=0, sampler=dict(type='DefaultSampler', shuffle=True),
                              dataset=dict(type='Points', metainfo=dict(parts=dict(normal=1)))),
        train_cfg=dict(by_epoch=True, max_epochs=epochs),
        optim_wrapper=dict(optimizer=dict(type='Adam', lr=0.1)),
        param_scheduler=dict(type='CosineAnnealingLR', T_max=5),
        custom_hooks=[dict(type='EMAHook')], experiment_name=f'until {epochs}',
        default_scope='mmengine', work_dir=sys.argv[1], resume=True)))
    assert runner.epoch == 0
    runner.train()
    history, _ = runner.message_hub.get_scalar('train/loss').data
    assert (len(history), runner.epoch) == (2 * epochs, epochs)
"""


class Foreign:
    """A pickle that runs ``function(*args)`` on loading."""

    def __init__(self, function, *args):
        self.call = function, args

    def __reduce__(self):
        return self.call


def load(path):
    return CheckpointLoader.load_checkpoint(str(path), 'cpu', logger='silent')


def test_trained_saved_resumed_loaded(tmp_path):
    command = [sys.executable, '-c', RUN, str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stderr
    with pytest.raises(pickle.UnpicklingError):  # the defect
        torch.load(tmp_path / 'epoch_3.pth', weights_only=True)
    loaded = load(tmp_path / 'epoch_3.pth')
    history = loaded['message_hub']['log_scalars']['train/loss']
    assert isinstance(history, HistoryBuffer) and len(history.data[0]) == 6
    assert history.statistics('mean') == pytest.approx(history.data[0].mean())
    assert loaded['meta']['dataset_meta'] == {'parts': {'normal': 1}}


def test_installed_once_and_in_force_only_while_loading():
    assert not install_safe_loading()
    assert not set(allowed_types()) & set(torch.serialization.get_safe_globals())


@pytest.mark.parametrize(
    ('function', 'args', 'name'),
    [
        (os.system, ('touch {marker}',), r"'(posix|nt)\.system'"),
        (eval, ("open('{marker}', 'w')",), "'eval'"),
        (getattr, (HistoryBuffer, '__init__'), r"'getattr\(HistoryBuffer,__init__\)'"),
        (getattr, (np.ndarray, 'mean'), r"'getattr\(ndarray,mean\)'"),
        (Path, ('a',), 'Path'),
    ],
)
def test_foreign_code_is_refused(tmp_path, function, args, name):
    marker, path = tmp_path / 'marker', tmp_path / 'bad.pth'
    arguments = [arg.format(marker=marker) if isinstance(arg, str) else arg for arg in args]
    torch.save({'state_dict': {}, 'meta': Foreign(function, *arguments)}, path)
    with pytest.raises(MESpotError, match=name) as error:
        load(path)
    assert str(path) in str(error.value) and 'refused' in str(error.value)
    assert not marker.exists()


def test_foreign_code_from_a_url_is_refused(tmp_path, monkeypatch):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            """Keep the test's output clean."""

    monkeypatch.setenv('TORCH_HOME', str(tmp_path / 'cache'))
    marker = tmp_path / 'marker'
    torch.save(Foreign(os.system, f'touch {marker}'), tmp_path / 'bad.pth')
    torch.save({'w': torch.ones(2)}, tmp_path / 'good.pth')
    with http.server.ThreadingHTTPServer(
        ('127.0.0.1', 0), functools.partial(Quiet, directory=str(tmp_path))
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f'http://127.0.0.1:{server.server_port}'
        with pytest.raises(MESpotError, match=r'bad\.pth: refused'):
            load(f'{url}/bad.pth')
        assert load(f'{url}/good.pth')['w'].tolist() == [1, 1]
        server.shutdown()
    assert not marker.exists()


@pytest.mark.parametrize('core', [b'numpy.core', b'numpy._core'])
def test_numpy_values_of_both_major_versions(tmp_path, core):
    values = {'scalar': np.float64(0.5), 'array': np.arange(3, dtype=np.int32), 'flags': np.array([True])}
    torch.save(values, tmp_path / 'here.pth')
    with (
        zipfile.ZipFile(tmp_path / 'here.pth') as source,
        zipfile.ZipFile(tmp_path / 'there.pth', 'w') as target,
    ):
        for name in source.namelist():
            content = source.read(name).replace(b'numpy._core', b'numpy.core').replace(b'numpy.core', core)
            target.writestr(name, content)
    loaded = load(tmp_path / 'there.pth')
    assert (
        loaded['scalar'] == 0.5
        and loaded['array'].tolist() == [0, 1, 2]
        and loaded['flags'].tolist() == [True]
    )


def test_a_checkpoint_that_was_cut_off(tmp_path):
    path = tmp_path / 'cut.pth'
    torch.save({'state_dict': {'weight': torch.zeros(100_000)}}, path)
    whole = path.read_bytes()
    for size in (100, 5_000, 300_000):
        path.write_bytes(whole[:size])
        with pytest.raises(MESpotError, match=r'cut\.pth: not a'):
            load(path)


@pytest.mark.parametrize('content', [b'', b'hello world', b'PK\x03\x04 cut off'])
def test_a_file_of_another_kind(tmp_path, content):
    path = tmp_path / 'notes.pth'
    path.write_bytes(content)
    with pytest.raises(MESpotError, match=r'notes\.pth: not a'):
        load(path)


def test_the_history_of_a_config_stays_plain(tmp_path):
    torch.save(Config(dict(a=dict(b=1)))._cfg_dict, tmp_path / 'config.pth')
    assert load(tmp_path / 'config.pth') == {'a': {'b': 1}}
