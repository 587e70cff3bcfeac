"""Ctrl-C, to the group or the tool alone: one line, 130, nothing half written, nobody left at work."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from stress_world import ROOT, WRITERS, prepare_words
from tool_runs import End, Run, files_below, start_tool

from mmaction_mespot.viewer.viewer_server import ViewerServer

pytestmark = pytest.mark.skipif(sys.platform != 'linux', reason='sessions of Linux')
SAID = 'interrupted; what was finished is kept'
HOW = {'group': os.killpg, 'alone': os.kill}
# MMEngine's pointer is no whole file; --resume then takes the newest checkpoint beside it.
MAY_BE_EMPTY = ('.log', 'last_checkpoint')
STEPS = ('cross_validate', 'quickstart')
# Command lines with workers, loaders or steps.
SEVERAL = {
    'prepare': lambda w, out: (*prepare_words(w), '--jobs', 2, '--out', out),
    'make_synthetic': lambda w, out: ('--size', 'tiny', '--jobs', 2, '--out', out),
    'spot': lambda w, out: (w / 'videos' / 'a', w / 'videos' / 'b', '--fps', 30, '--jobs', 2, '--out', out),
    'train': lambda w, out: (
        *(w / 'line.py', '--work-dir', out, '--cfg-options', 'train_dataloader.num_workers=2'),
        *('train_dataloader.persistent_workers=True', 'train_cfg.max_epochs=9999'),
    ),
    'cross_validate': WRITERS['cross_validate'],
    'quickstart': WRITERS['quickstart'],
    'benchmarks/zoo': lambda w, out: ('run', '--configs', w / 'flow.py', '--data', w, '--work-dir', out),
}


def check(end: End, out: Path, before: dict[str, bytes], talks: bool = False) -> None:
    lines = [line for line in end.error.splitlines() if line.strip()]
    assert end.code == 130 and 'Traceback' not in end.error, end.error
    assert lines[-1] == SAID and (talks or len(lines) == 1), end.error
    for name, data in files_below(out).items():
        assert data or name.endswith(MAY_BE_EMPTY) or before.get(name) == b'', name
    assert not list(out.rglob('.*.tmp'))


def at_the_first_name(how: str) -> Callable[[], None]:
    """In the tool: Ctrl-C comes just as the first file gets its name."""

    def prepare() -> None:
        real = os.replace

        def replace(*arguments: object) -> None:
            os.replace = real
            HOW[how](os.getpid(), signal.SIGINT)
            real(*arguments)

        os.replace = replace

    return prepare


@pytest.mark.parametrize('tool', [tool for tool in WRITERS if tool not in STEPS])
def test_while_a_file_is_written(world, tmp_path, tool):
    out = tmp_path / 'out'
    out.mkdir()
    words = WRITERS[tool](world, out)
    before = files_below(out)
    end = start_tool(tool, *words, prepare=at_the_first_name('group')).end()
    check(end, out, before, talks=tool in ('test', 'train', 'report'))
    assert {name: data for name, data in files_below(out).items() if name in before} == before


def wait_for_others(run: Run) -> None:
    """Until it has started somebody, or given up."""
    until = time.monotonic() + 120
    while not run.others() and time.monotonic() < until:
        if os.waitid(os.P_PID, run.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return
        time.sleep(0.01)


@pytest.mark.parametrize('how', HOW)
@pytest.mark.parametrize('tool', SEVERAL)
def test_with_processes_at_work(world, tmp_path, tool, how):
    out = tmp_path / 'out'
    out.mkdir()
    run = start_tool(tool, *SEVERAL[tool](world, out))
    wait_for_others(run)
    time.sleep(random.Random(f'{tool} {how}').random())  # while they import, or work
    HOW[how](run.pid, signal.SIGINT)
    check(run.end(), out, {}, talks=tool in ('train', 'quickstart'))
    until = time.monotonic() + 10
    while run.others() and time.monotonic() < until:
        time.sleep(0.05)
    assert run.others() == []


def test_viewer(tmp_path):
    def prepare() -> None:
        real = ViewerServer.serve_forever

        def serve(server: ViewerServer) -> None:
            threading.Timer(0.3, lambda: os.killpg(0, signal.SIGINT)).start()
            real(server)

        ViewerServer.serve_forever = serve

    end = start_tool('viewer', tmp_path, '--port', 0, '--no-browser', prepare=prepare).end()
    check(end, tmp_path, {})


FRONT_DOOR = 'from mmaction_mespot.commands.mespot import main\nmain()\n'


@pytest.mark.parametrize('name', ['spot', 'viewer', 'mespot'])
def test_while_a_tool_imports(tmp_path, name):
    script = ROOT / 'tools' / f'{name}.py'
    if name == 'mespot':
        script = tmp_path / name
        script.write_text(FRONT_DOOR)
    words = [sys.executable, '-X', 'importtime', str(script), 'spot', '--help']
    with subprocess.Popen(
        words,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, 'PYTHONPATH': str(ROOT)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        while 'mmaction_mespot.compat' not in (line := process.stderr.readline()):
            assert line
        process.send_signal(signal.SIGINT)
        said = [line for line in process.stderr if not line.startswith('import time:')]
    assert process.returncode == 130 and said == [f'{SAID}\n']
