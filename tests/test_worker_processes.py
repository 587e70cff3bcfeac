from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mmaction_mespot.worker_processes import run_in_processes

ROOT = Path(__file__).parents[1]


def work(item: str) -> str:
    """What an item says: leave, be killed, fail, wait, or be given back."""
    if item == 'exit':
        os._exit(3)
    if item == 'kill':
        os.kill(os.getpid(), signal.SIGKILL)
    if item == 'fail':
        raise ZeroDivisionError(item)
    if item == 'wait':
        time.sleep(600)
    return os.environ['OMP_NUM_THREADS'] if item == 'threads' else item


def write_pid(path: Path) -> None:
    (path / str(os.getpid())).touch()


def wait_until_gone(process: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return
        state = Path(f'/proc/{process}/stat')
        if state.is_file() and state.read_text().rpartition(')')[2].split()[0] == 'Z':
            return
        time.sleep(0.1)
    raise AssertionError(f'process {process} is still there')


@pytest.mark.skipif(os.name == 'nt', reason='no SIGKILL')
def test_a_process_that_dies_costs_its_own_item_alone() -> None:
    items = ['a', 'exit', 'b', 'kill', 'c', 'd', 'e']
    ended = {one.item: one for one in run_in_processes(work, items, 2)}
    assert set(ended) == set(items)
    assert ended.pop('exit').death == 'the worker process ended with exit code 3'
    killed = ended.pop('kill')
    assert killed.death == 'the worker process was killed by SIGKILL (out of memory?)'
    assert killed.result is None
    assert all(one.result == item and not one.death for item, one in ended.items())


def test_every_process_dies() -> None:
    assert [bool(one.death) for one in run_in_processes(work, ['exit'] * 3, 2)] == [True] * 3
    assert list(run_in_processes(work, [], 2)) == []


def test_items_are_taken_as_processes_are_free() -> None:
    taken: list[int] = []

    def items() -> Iterator[str]:
        for number in range(6):
            taken.append(number)
            yield str(number)

    ahead = [len(taken) - place for place, _ in enumerate(run_in_processes(work, items(), 2), 1)]
    assert max(ahead) <= 2 and len(taken) == 6


def test_an_exception_ends_the_whole_and_its_processes(tmp_path: Path) -> None:
    watched: list[int] = []
    run = run_in_processes(work, ['wait', 'fail'], 2, write_pid, (tmp_path,), lambda: watched.append(1))
    with pytest.raises(ZeroDivisionError) as caught:
        list(run)
    assert 'raise ZeroDivisionError(item)' in str(caught.value.__cause__)
    assert watched
    for path in tmp_path.iterdir():
        wait_until_gone(int(path.name))


def fail_to_start() -> None:
    raise OSError('no face network')


def test_a_start_that_fails_is_told_once(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(OSError, match='no face network'):
        list(run_in_processes(work, ['a', 'b', 'c'], 2, fail_to_start))
    assert capfd.readouterr().err == ''


def test_the_processors_are_shared() -> None:
    expected = os.environ.get('OMP_NUM_THREADS') or str(max(1, (os.cpu_count() or 1) // 2))
    assert [one.result for one in run_in_processes(work, ['threads'], 2)] == [expected]


@pytest.mark.skipif(os.name == 'nt', reason='signals')
@pytest.mark.parametrize('how', [signal.SIGKILL, signal.SIGINT])
def test_the_processes_end_with_the_main_one_and_nothing_is_said(how: signal.Signals, tmp_path: Path) -> None:
    code = (
        'import signal, sys; sys.path.insert(0, sys.argv[2])\n'
        # A shell starts what runs in the background with SIGINT ignored, which its children inherit.
        'signal.signal(signal.SIGINT, signal.default_int_handler)\n'
        'from pathlib import Path\n'
        'from test_worker_processes import run_in_processes, work, write_pid\n'
        "if __name__ == '__main__':\n"
        '    try:\n'
        "        list(run_in_processes(work, ['wait'] * 2, 2, write_pid, (Path(sys.argv[1]),)))\n"
        '    except KeyboardInterrupt:\n'
        '        sys.exit(130)\n'
    )
    script = tmp_path / 'main.py'
    script.write_text(code)
    pids = tmp_path / 'pids'
    pids.mkdir()
    command = [sys.executable, str(script), str(pids), str(Path(__file__).parent)]
    environment = {**os.environ, 'PYTHONPATH': str(ROOT)}
    main = subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, start_new_session=True, text=True
    )
    until = time.monotonic() + 120
    while len(list(pids.iterdir())) < 2 and time.monotonic() < until:
        time.sleep(0.1)
    if how == signal.SIGINT:
        os.killpg(main.pid, how)  # as the terminal does: all of the group
    else:
        main.kill()
    said = main.communicate(timeout=180)[1]
    for path in pids.iterdir():
        wait_until_gone(int(path.name))
    assert main.returncode in (130, -signal.SIGKILL)
    assert said == '', said
