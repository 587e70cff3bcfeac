"""The preparation as a long job: killed again and again, and on several machines at a time."""

from __future__ import annotations

import multiprocessing
import os
import random
import runpy
import shutil
import subprocess
import sys
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import cv2
import matplotlib
import numpy as np
import pytest

TOOL = Path(__file__).resolve().parents[2] / 'tools' / 'prepare.py'
VIDEOS, FRAMES, KILLS = 6, 150, 10
STREAMS = ('rgb', 'flow_roi')  # frame by frame and in chunks of 64
OPTIONS = ('--fps', '30', '--crop-size', '32', '--flow', 'dis', '--flow-gap', '2')


@pytest.fixture(scope='module')
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six folders of 150 small pictures of a face, and a label table."""
    root = tmp_path_factory.mktemp('own')
    path = Path(matplotlib.__file__).parent / 'mpl-data' / 'sample_data' / 'grace_hopper.jpg'
    face = cv2.resize(cv2.imread(str(path)), (102, 120), interpolation=cv2.INTER_AREA)
    rng = np.random.default_rng(0)
    rows = ['video,onset,apex,offset,type']
    for number in range(1, VIDEOS + 1):
        folder = root / f's{number:02d}_01'
        folder.mkdir()
        noisy = [np.clip(face + rng.normal(0, 3, face.shape), 0, 255).astype(np.uint8) for _ in range(20)]
        pictures = [cv2.imencode('.jpg', image)[1].tobytes() for image in noisy]
        for frame in range(FRAMES):
            (folder / f'img{frame + 1:03d}.jpg').write_bytes(pictures[frame * number % 20])
        rows.append(f'{folder.name},30,60,90,MaE')
    (root / 'labels.csv').write_text('\n'.join(rows) + '\n')
    return root


def words(root: Path, out: Path, *more: str) -> list[str]:
    return [
        str(TOOL),
        'own',
        '--root',
        str(root),
        '--out',
        str(out),
        *OPTIONS,
        '--streams',
        ','.join(STREAMS),
        *more,
    ]


def start(root: Path, out: Path) -> BaseProcess:
    """The tool in a process of its own, forked from one that has imported everything."""
    context = multiprocessing.get_context('forkserver')
    context.set_forkserver_preload(['mmaction_mespot.preprocessing.preparation_estimate'])
    process = context.Process(target=runpy.run_path, args=(str(TOOL),), kwargs={'run_name': '__main__'})
    before, sys.argv = sys.argv, words(root, out)  # the child gets a copy
    try:
        process.start()
    finally:
        sys.argv = before
    return process


def tree(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob('*') if path.is_file()}


@pytest.fixture(scope='module')
def undisturbed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], float]:
    """What an undisturbed run writes, and how many seconds it takes."""
    out = tmp_path_factory.mktemp('undisturbed')
    begin = time.monotonic()
    process = start(root, out)
    process.join()
    assert process.exitcode == 0
    files = tree(out)
    assert len(files) == VIDEOS * (len(STREAMS) + 2) + 3  # faces and record; manifest, annotations, report
    return files, time.monotonic() - begin


def test_killed_at_ten_moments_and_restarted_gives_the_same_bytes(
    root: Path, tmp_path: Path, undisturbed: tuple[dict[str, bytes], float]
) -> None:
    expected, seconds = undisturbed
    out, moments = tmp_path / 'out', random.Random(0)
    kills = hit_while_writing = resumed = 0
    while True:
        process = start(root, out)
        if kills < KILLS:
            process.join(timeout=moments.uniform(0.02, 0.14) * seconds)
        else:
            process.join()
        if process.exitcode is None:
            process.kill()
            process.join()
        if process.exitcode == -9:
            kills += 1
            hit_while_writing += any(out.rglob('.*.tmp'))
            continue
        assert process.exitcode == 0
        assert tree(out) == expected
        resumed += 1
        if kills == KILLS:
            break
        shutil.rmtree(out)  # quicker than foreseen: begin again, until it was killed often enough
    assert hit_while_writing
    assert resumed


def test_two_shards_at_a_time_give_the_same_bytes(
    root: Path, tmp_path: Path, undisturbed: tuple[dict[str, bytes], float]
) -> None:
    out = tmp_path / 'out'
    processes = [
        subprocess.Popen(
            [sys.executable, *words(root, out, '--shard', f'{index}/2')],
            env={**os.environ, 'OMP_NUM_THREADS': '1'},
            stdout=subprocess.PIPE,
            text=True,
        )
        for index in (1, 2)
    ]
    printed = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], printed
    assert all('3 videos prepared, 0 were done before, 0 failed' in text for text in printed)
    assert tree(out) == undisturbed[0]
