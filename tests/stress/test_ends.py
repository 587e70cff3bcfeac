"""How tools end: one line and a fixed exit code for what is not a bug."""

import subprocess
import sys

import pytest

from mmaction_mespot.apis.command_line import run_command

ERRORS = [PermissionError, IsADirectoryError, NotADirectoryError, FileExistsError, TimeoutError, OSError]


def raising(error):
    def main():
        raise error

    return main


@pytest.mark.parametrize('kind', ERRORS)
def test_error_of_the_outer_world_is_one_line(capsys, kind):
    assert run_command(raising(kind(28, 'No space left on device', '/data/[/red].csv'))) == 2
    error = capsys.readouterr().err
    assert error.count('\n') == 1 and "No space left on device: '/data/[/red].csv'" in error


def test_interrupt_is_one_line(capsys, monkeypatch):
    assert run_command(raising(KeyboardInterrupt())) == 130
    assert capsys.readouterr().err == 'interrupted; what was finished is kept\n'
    monkeypatch.setenv('MESPOT_TRACEBACK', '1')
    with pytest.raises(KeyboardInterrupt):
        run_command(raising(KeyboardInterrupt()))


@pytest.mark.parametrize(('result', 'code'), [(None, 0), (1, 1), ({'f1': 1.0}, 0), (True, 0)])
def test_number_of_the_tool_is_its_exit_code(result, code):
    assert run_command(lambda: result) == code


def test_reader_that_leaves_is_no_error():
    program = (
        'import sys; from mmaction_mespot.apis.command_line import run_command; '
        'sys.exit(run_command(lambda: [print("x" * 1000) for _ in range(10000)]))'
    )
    with subprocess.Popen(
        [sys.executable, '-c', program], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        error = process.stderr.read()
    assert (process.returncode, error) == (141, b'')
