"""A process that dies takes no other video with it, and runs that share a folder keep off each other."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from filelock import FileLock

from mmaction_mespot.spotting.inferencer import SpottingInferencer
from mmaction_mespot.spotting.jobs import SpotOutcome, SpotterSetup, run_claimed, run_parallel
from mmaction_mespot.spotting.record import FAILURE, LOCK


def work(video: Path, folder: Path, inferencer: SpottingInferencer) -> SpotOutcome:
    if video.name.startswith('deadly'):
        os._exit(1)
    return SpotOutcome(video, folder, 'done')


def test_a_video_that_kills_its_process_fails_and_the_others_go_on(tmp_path: Path) -> None:
    names = ('a.mp4', 'deadly.mp4', 'b.mp4', 'deadly2.mp4', 'c.mp4')
    videos = [(tmp_path / name, tmp_path / 'out' / name) for name in names]
    outcomes = {one.video.name: one for one in run_parallel(work, SpotterSetup('flow'), videos, 2)}
    assert [outcomes[name].state for name in names] == ['done', 'failed', 'done', 'failed', 'done']
    failure = json.loads((tmp_path / 'out' / 'deadly.mp4' / FAILURE).read_text())
    expected = f'{tmp_path / "deadly.mp4"}: the worker process ended with exit code 1'
    assert failure['error'] == outcomes['deadly.mp4'].error == expected


@pytest.mark.parametrize('held', [True, False])
def test_a_video_that_another_process_is_at_is_left_to_it(held: bool, tmp_path: Path) -> None:
    lock = FileLock(tmp_path / LOCK)
    if held:
        lock.acquire()
    try:
        outcome = run_claimed(work, tmp_path / 'a.mp4', tmp_path, SpottingInferencer('flow'))
    finally:
        lock.release()
    assert outcome.state == ('elsewhere' if held else 'done')
