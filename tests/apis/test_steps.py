from __future__ import annotations

import json
from pathlib import Path

import pytest

from mmaction_mespot.apis.steps import Step, read_state, run_steps
from mmaction_mespot.errors import MESpotError

TOOL = """
import os, pathlib, sys
out = pathlib.Path(sys.argv[1])
with (out.parent / 'log.txt').open('a') as log:
    log.write(' '.join([out.name, os.environ['WORD'], *sys.argv[2:]]) + chr(10))
print('loss 1')
print('chatter')
if 'fail' in sys.argv:
    sys.exit(3)
if 'forget' not in sys.argv:
    out.write_text('done')
"""


def make_step(folder: Path, name: str, *words: str, shown: str | None = None) -> Step:
    (folder / 'tool.py').write_text(TOOL)
    command = (str(folder / 'tool.py'), str(folder / name), *words)
    return Step(name, command, folder / name, resume=('--resume',), shown=shown)


def run(folder: Path, *steps: Step) -> list[str]:
    """Names of the steps that ran."""
    return [name for name, _ in run_steps(steps, folder / 'state.json', {'WORD': 'hello'})]


def log(folder: Path) -> list[str]:
    return (folder / 'log.txt').read_text().splitlines()


def test_finished_steps_are_skipped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    steps = [make_step(tmp_path, 'a'), make_step(tmp_path, 'b')]
    assert run(tmp_path, *steps) == ['a', 'b']
    assert log(tmp_path) == ['a hello', 'b hello']
    capsys.readouterr()
    assert run(tmp_path, *steps) == []
    assert [line.split(':')[0] for line in capsys.readouterr().out.splitlines()] == ['[1/2] a', '[2/2] b']
    assert read_state(tmp_path / 'state.json')['a']['seconds'] >= 0


def test_all_after_a_changed_or_missing_result_runs_again(tmp_path: Path) -> None:
    steps = [make_step(tmp_path, name) for name in 'abc']
    run(tmp_path, *steps)
    (tmp_path / 'b').unlink()
    assert run(tmp_path, *steps) == ['b', 'c']
    assert run(tmp_path, steps[0], make_step(tmp_path, 'b', '--other'), steps[2]) == ['b', 'c']
    # Another command does not go on from where the first one was.
    assert log(tmp_path)[-2:] == ['b hello --other', 'c hello']


def test_a_broken_step_goes_on_when_run_again(tmp_path: Path) -> None:
    step = make_step(tmp_path, 'a')
    state = {'a': {'command': list(step.command), 'done': False}}
    (tmp_path / 'state.json').write_text(json.dumps(state))
    assert run(tmp_path, step) == ['a']
    assert log(tmp_path) == ['a hello --resume']


def test_failures_are_named(tmp_path: Path) -> None:
    with pytest.raises(MESpotError, match=r"step 'a' ended with exit code 3"):
        run(tmp_path, make_step(tmp_path, 'a', 'fail'))
    with pytest.raises(MESpotError, match=r'ended well, but .*a is not there'):
        run(tmp_path, make_step(tmp_path, 'a', 'forget'))
    assert not read_state(tmp_path / 'state.json')['a']['done']


def test_a_talkative_tool_is_filtered_and_logged(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, make_step(tmp_path, 'a', shown='loss'))
    out = capfd.readouterr().out
    assert 'loss 1' in out and 'chatter' not in out
    assert (tmp_path / 'a.log').read_text() == 'loss 1\nchatter\n'
    with pytest.raises(MESpotError, match=r'exit code 3, .*b\.log says why'):
        run(tmp_path, make_step(tmp_path, 'b', 'fail', shown='loss'))
    assert capfd.readouterr().err == 'chatter\n'


def test_names_outlive_a_terminal_without_their_letters(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('PYTHONIOENCODING', 'cp1252')
    tool = tmp_path / 'tool.py'
    tool.write_text(
        "import sys\nprint('loss of Zoë, 张伟', flush=True)\n"
        "sys.stdout.buffer.write(b'\\xff\\n')\nopen(sys.argv[1], 'w')",
        encoding='utf-8',
    )
    step = Step('a', (str(tool), str(tmp_path / 'a')), tmp_path / 'a', shown='loss')
    run(tmp_path, step)
    assert 'loss of Zoë, 张伟' in capfd.readouterr().out
    assert (tmp_path / 'a.log').read_text(encoding='utf-8') == 'loss of Zoë, 张伟\n\ufffd\n'
