"""Which errors become one line, and which stay a traceback."""

import runpy
import sys
from pathlib import Path

import pytest
from mmengine.registry import MODELS, DefaultScope
from torch.utils.data import DataLoader, Dataset

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.apis.config_faults import config_faults
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import Detections

TOOLS = Path(__file__).parents[2] / 'tools'


def raising(error):
    def main():
        raise error

    return main


def build_unknown_model():
    # Another test may have left another scope.
    with DefaultScope.overwrite_default_scope('mmengine'), config_faults('a.py'):
        MODELS.build(dict(type='NoSuchModel'))


def build_wrong_detections():
    Detections(segments=[[0, 1]], scores=[], labels=[])


@pytest.mark.parametrize(
    ('main', 'line'),
    [
        (raising(MESpotError('x.py: no\n  such key')), 'error: x.py: no such key\n'),
        (
            raising(FileNotFoundError(2, 'No such file', 'a.json')),
            "error: FileNotFoundError: [Errno 2] No such file: 'a.json'",
        ),
        (build_unknown_model, "error: config a.py: no model 'NoSuchModel'\n"),
    ],
)
def test_user_error_is_one_line(capsys, main, line):
    assert run_command(main) == 2
    output = capsys.readouterr()
    assert output.out == ''
    assert output.err.startswith(line) and output.err.count('\n') == 1


@pytest.mark.parametrize('error', [ValueError('a bug'), KeyError('a bug'), ZeroDivisionError('a bug')])
def test_bug_keeps_its_traceback(error):
    with pytest.raises(type(error), match='a bug'):
        run_command(raising(error))


def test_bug_of_this_package_keeps_its_traceback():
    with pytest.raises(ValueError, match='one score and one label'):
        run_command(build_wrong_detections)


def test_traceback_on_demand(monkeypatch):
    monkeypatch.setenv('MESPOT_TRACEBACK', '1')
    with pytest.raises(MESpotError):
        run_command(raising(MESpotError('wrong file')))


def test_success(capsys):
    assert run_command(lambda: print('done')) == 0
    assert capsys.readouterr() == ('done\n', '')


class BadSamples(Dataset):
    """Fails in a worker process."""

    def __init__(self, kind):
        self.kind = kind

    def __len__(self):
        return 1

    def __getitem__(self, index):
        raise self.kind('a.json: no such key')


@pytest.mark.parametrize(('kind', 'before'), [(MESpotError, ''), (OSError, 'OSError: ')])
def test_user_error_in_a_worker_process(capsys, kind, before):
    assert run_command(lambda: list(DataLoader(BadSamples(kind), num_workers=1))) == 2
    error = capsys.readouterr().err
    assert error.startswith(f'error: {before}') and 'a.json: no such key' in error and error.count('\n') == 1


def test_bug_in_a_worker_process_keeps_its_traceback():
    with pytest.raises(ValueError, match='in DataLoader worker process'):
        run_command(lambda: list(DataLoader(BadSamples(ValueError), num_workers=1)))


@pytest.mark.parametrize('tool', ['train.py', 'test.py'])
def test_the_tools_themselves(tool, monkeypatch, capsys):
    arguments = ['nowhere.py', 'a.pth'] if tool == 'test.py' else ['nowhere.py']
    monkeypatch.setattr(sys, 'argv', [tool, *arguments])
    with pytest.raises(SystemExit) as exit_info:
        runpy.run_path(str(TOOLS / tool), run_name='__main__')
    assert exit_info.value.code == 2
    assert capsys.readouterr().err == 'error: config not found: nowhere.py\n'


def format_a_config():
    try:
        raise KeyboardInterrupt
    except BaseException:
        raise SyntaxError('Failed to format the config file')  # noqa: B904


def test_an_interrupt_that_a_library_takes_for_an_error_is_one(capsys):
    assert run_command(format_a_config) == 130
    assert capsys.readouterr().err == 'interrupted; what was finished is kept\n'
    with pytest.raises(SyntaxError):
        run_command(raising(SyntaxError('a bug')))
