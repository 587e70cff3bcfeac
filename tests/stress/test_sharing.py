"""Two runs on one folder, and runs whose parent is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from multiprocessing import get_context
from pathlib import Path

import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.folder_lock import folder_lock
from mmaction_mespot.preprocessing.prepare import prepare_dataset
from mmaction_mespot.preprocessing.shard import Shard
from mmaction_mespot.processes import bound_to_parent
from mmaction_mespot.synthetic.make import make_dataset
from mmaction_mespot.synthetic.v2.make import make_films

HOLD = """
import sys, time
from pathlib import Path
from mmaction_mespot.folder_lock import folder_lock
with folder_lock(Path(sys.argv[1]), sys.argv[2]):
    print('held', flush=True)
    time.sleep(60)
"""
VIDEO = {'video_id': 'v', 'frame_dir': 'gone', 'filename_tmpl': 'img{:03d}.jpg', 'start_index': 1}
VIDEO |= {'total_frames': 3, 'fps': 30}
ANNOTATIONS = {'metainfo': {'source_root': '.'}, 'data_list': [VIDEO]}


@pytest.fixture
def holder(tmp_path, request):
    """A process that holds the folder for the work that the test names."""
    words = [sys.executable, '-c', HOLD, str(tmp_path), request.param]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == 'held\n'
        yield process
        process.kill()


@pytest.mark.parametrize(
    ('holder', 'work'),
    [
        ('prepare-1-of-1', lambda out: prepare_dataset(ANNOTATIONS, out)),
        ('prepare-2-of-3', lambda out: prepare_dataset(ANNOTATIONS, out)),
        ('prepare-2-of-3', lambda out: prepare_dataset(ANNOTATIONS, out, shard=Shard(2, 3))),
        ('make_synthetic', lambda out: make_dataset(out, 'tiny')),
        ('make_synthetic', lambda out: make_films(out, ['none'], scale=0.01)),
    ],
    indirect=['holder'],
)
def test_second_run_says_who_holds_the_folder(tmp_path, holder, work):
    with pytest.raises(MESpotError, match=rf'{tmp_path}: process {holder.pid} on .* works in this folder'):
        work(tmp_path)


@pytest.mark.parametrize('holder', ['prepare-2-of-3'], indirect=True)
def test_shards_of_one_division_go_on_side_by_side(tmp_path, holder):
    assert list(prepare_dataset(ANNOTATIONS, tmp_path, shard=Shard(1, 3)).failed) == ['v']  # past the lock


def test_lock_of_a_killed_process_is_free(tmp_path):
    words = [sys.executable, '-c', HOLD, str(tmp_path), 'work']
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        process.kill()
    with folder_lock(tmp_path, 'work'):
        assert str(os.getpid()) in (tmp_path / '.work.lock').read_text()


def wait_for_end(process: int) -> bool:
    for _ in range(200):
        state = Path(f'/proc/{process}/stat')
        if not state.exists() or state.read_text().rpartition(')')[2].split()[0] == 'Z':
            return True
        time.sleep(0.05)
    return False


def parent_of_a_command(pids):
    words = [sys.executable, '-c', 'import time; time.sleep(60)']
    with subprocess.Popen(words, **bound_to_parent()) as child:
        pids.put(child.pid)
        time.sleep(60)


@pytest.mark.skipif(sys.platform != 'linux', reason='of Linux')
def test_killed_parent_takes_its_commands_along():
    context = get_context('fork')
    pids = context.Queue()
    process = context.Process(target=parent_of_a_command, args=(pids,))
    process.start()
    child = pids.get(timeout=30)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert wait_for_end(child)
