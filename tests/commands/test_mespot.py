from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mmaction_mespot.commands import mespot
from mmaction_mespot.shipped_files import find_config, tools_folder
from mmaction_mespot.version import __version__


def test_every_subcommand_is_a_tool_that_is_there() -> None:
    missing = [tool for tool, _ in mespot.COMMANDS.values() if not (tools_folder() / f'{tool}.py').is_file()]
    assert missing == []


def test_version_and_help(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (['--version'], ['--help']):
        monkeypatch.setattr(sys, 'argv', ['mespot', *words])
        with pytest.raises(SystemExit) as end:
            mespot.main()
        assert end.value.code == 0
    printed = capsys.readouterr().out
    assert printed.startswith(f'mespot {__version__}')
    assert all(f'  {command}' in printed for command in mespot.COMMANDS)


def test_an_unknown_command_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, 'argv', ['mespot', 'spott'])
    with pytest.raises(SystemExit) as end:
        mespot.main()
    assert end.value.code == 2
    assert "'spott'" in capsys.readouterr().err


def test_what_follows_goes_to_the_tool(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, 'argv', ['mespot', 'evaluate', '--help'])
    with pytest.raises(SystemExit) as end:
        mespot.main()
    assert end.value.code == 0
    assert '--annotations' in capsys.readouterr().out


@pytest.mark.parametrize(
    ('error', 'line'),
    [
        (
            ImportError('libGL.so.1: cannot open shared object file: No such file', name='cv2'),
            'error: libGL.so.1: cannot open shared object file: No such file; on Debian and Ubuntu: '
            'apt install libgl1 libglib2.0-0 (others: mespot doctor)\n',
        ),
        (
            ModuleNotFoundError("No module named 'torch'", name='torch'),
            "error: No module named 'torch'; mespot doctor says how to fix the installation\n",
        ),
    ],
)
def test_what_cannot_be_imported_is_named(
    error: ImportError, line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.delenv('MESPOT_TRACEBACK', raising=False)
    monkeypatch.setattr(mespot, 'run_tool', fail)
    monkeypatch.setattr(sys, 'argv', ['mespot', 'train'])
    assert mespot.main() == 2
    assert capsys.readouterr().err == line
    monkeypatch.setenv('MESPOT_TRACEBACK', '1')
    with pytest.raises(ImportError):
        mespot.main()


@pytest.mark.parametrize(
    ('line', 'expected', 'others'),
    [
        ('mespot ', {'spot', 'view', 'doctor'}, {'--out'}),
        ('mespot sp', {'spot '}, {'view'}),
        ('mespot spot --fo', {'--format '}, {'--out'}),
        ('mespot spot clip.mp4 --model ', {'flow', 'movement', 'lite'}, {'--format'}),
        ('mespot convert ', {'export', 'import'}, {'spot'}),
    ],
)
def test_a_shell_is_told_how_the_line_may_go_on(
    line: str, expected: set[str], others: set[str], tmp_path: Path
) -> None:
    answer = tmp_path / 'answer'
    variables = {
        '_ARGCOMPLETE': '1',
        '_ARGCOMPLETE_STDOUT_FILENAME': str(answer),
        'COMP_LINE': line,
        'COMP_POINT': str(len(line)),
    }
    command = [sys.executable, '-m', 'mmaction_mespot.commands.mespot']
    done = subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    answers = set(answer.read_text().split('\v'))
    assert expected <= answers and not others & answers


def test_a_config_is_found_by_its_name_and_a_file_that_is_there_goes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ('mespot_samm.py', 'configs/mespot_samm.py'):
        assert Path(find_config(name)) == tools_folder().parent / 'configs' / 'mespot_samm.py'
    assert find_config('nowhere.py') == 'nowhere.py'
    assert find_config('../configs/mespot_samm.py') == '../configs/mespot_samm.py'
    (tmp_path / 'mespot_samm.py').touch()
    assert find_config('mespot_samm.py') == 'mespot_samm.py'
