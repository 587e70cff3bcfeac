from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from mmaction_mespot.preprocessing import video_jobs
from mmaction_mespot.preprocessing.preparation_settings import PreparationSettings
from mmaction_mespot.preprocessing.prepare import prepare_dataset
from mmaction_mespot.preprocessing.shard import Shard

FRAMES = 10
SETTINGS = PreparationSettings(crop_size=64, flow_method='dis', flow_gap=2)


@pytest.fixture(scope='module')
def frames_root(portrait: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp('frames')
    noise = np.random.default_rng(0)
    for video in ('s15_0101', 's15_0102', 's16_0101'):
        (root / video).mkdir()
        for i in range(FRAMES):
            image = portrait[:, :, ::-1] + noise.normal(0, 2, portrait.shape)
            cv2.imwrite(str(root / video / f'img{i + 1:03d}.jpg'), np.clip(image, 0, 255).astype(np.uint8))
    return root


def _annotations(root: Path) -> dict[str, Any]:
    videos = [
        dict(
            video_id=folder.name,
            subject=folder.name[:3],
            frame_dir=folder.name,
            filename_tmpl='img{:03d}.jpg',
            start_index=1,
            total_frames=FRAMES,
            fps=30.0,
            size=[256, 300],
            instances=[dict(segment=[2, 6], label=1)],
        )
        for folder in sorted(root.iterdir())
    ]
    metainfo = dict(dataset='casme2', classes=['MaE', 'ME'], part=None, source_root=str(root))
    return dict(metainfo=metainfo, data_list=videos)


@pytest.fixture
def root(frames_root: Path, tmp_path: Path) -> Path:
    """Frames that a test may damage."""
    return shutil.copytree(frames_root, tmp_path / 'root')


@pytest.fixture(scope='module')
def undisturbed(frames_root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp('undisturbed')
    result = prepare_dataset(_annotations(frames_root), out, SETTINGS)
    assert result.prepared == ['s15_0101', 's15_0102', 's16_0101']
    return _tree(out)


def _tree(out: Path) -> dict[str, bytes]:
    """Content of every file, but the annotations' (they name the source)."""
    files = (path for path in out.rglob('*') if path.is_file() and path.name != 'annotations.json')
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


def test_resume_skips_what_is_done_and_redoes_what_is_not(
    root: Path, tmp_path: Path, undisturbed: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    out, done = tmp_path / 'out', []
    real = video_jobs.prepare_video

    def counted(video: dict[str, Any], *args: Any) -> dict[str, Any]:
        done.append(video['video_id'])
        return real(video, *args)

    monkeypatch.setattr(video_jobs, 'prepare_video', counted)
    prepare_dataset(_annotations(root), out, SETTINGS)
    assert _tree(out) == undisturbed
    done.clear()
    assert prepare_dataset(_annotations(root), out, SETTINGS).skipped == ['s15_0101', 's15_0102', 's16_0101']
    assert done == []
    (out / 'rgb' / 's15_0102.h5').unlink()
    prepare_dataset(_annotations(root), out, SETTINGS)
    assert done == ['s15_0102']
    assert _tree(out) == undisturbed
    shutil.copy(root / 's15_0101' / 'img001.jpg', root / 's16_0101' / 'img004.jpg')
    prepare_dataset(_annotations(root), out, SETTINGS)
    assert done == ['s15_0102', 's16_0101']
    # Fewer streams: what is there stays.
    prepare_dataset(_annotations(root), out, replace(SETTINGS, streams=('flow_roi',)))
    assert len(done) == 2
    assert _folders(out) == ['faces', 'flow', 'flow_grid', 'flow_roi', 'rgb']
    # Other settings: all anew, and no stream of the old ones is left behind.
    prepare_dataset(_annotations(root), out, replace(SETTINGS, crop_size=40, streams=('flow_roi',)))
    assert len(done) == 5
    assert _folders(out) == ['faces', 'flow_roi']
    # Another stream comes to what is there.
    prepare_dataset(_annotations(root), out, replace(SETTINGS, crop_size=40, streams=('flow_grid',)))
    assert _folders(out) == ['faces', 'flow_grid', 'flow_roi']


def _folders(out: Path) -> list[str]:
    return sorted(
        path.name
        for path in out.iterdir()
        if path.name != 'manifest' and path.is_dir() and any(path.iterdir())
    )


def test_bad_videos_are_reported_and_the_others_go_on(
    root: Path, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    out = tmp_path / 'out'
    prepare_dataset(_annotations(root), out, SETTINGS)
    cut = root / 's15_0101' / 'img007.jpg'
    cut.write_bytes(cut.read_bytes()[:-100])
    (root / 's15_0102' / 'img010.jpg').unlink()
    lenient = prepare_dataset(_annotations(root), tmp_path / 'lenient', SETTINGS)
    assert lenient.prepared == ['s15_0101', 's16_0101']
    assert 'img010.jpg: missing' in lenient.failed['s15_0102']
    result = prepare_dataset(_annotations(root), out, replace(SETTINGS, strict=True))
    assert result.skipped == ['s16_0101']
    assert 'img007.jpg: the JPEG is cut off' in result.failed['s15_0101']
    assert 'img010.jpg: missing' in result.failed['s15_0102']
    listed = json.loads((out / 'annotations.json').read_text())['data_list']
    assert [video['video_id'] for video in listed] == ['s16_0101']
    assert json.loads((out / 'manifest.json').read_text())['failed'] == result.failed
    # No file of a bad video is left, neither whole nor half.
    assert {path.name for path in out.rglob('*.*') if path.is_file()} == {
        's16_0101.h5',
        's15_0101.json',
        's15_0102.json',
        's16_0101.json',
        'annotations.json',
        'manifest.json',
    }


def test_no_face_is_reported(root: Path, tmp_path: Path) -> None:
    for path in (root / 's15_0101').iterdir():
        cv2.imwrite(str(path), np.full((300, 256, 3), 90, np.uint8))
    shutil.rmtree(root / 's15_0102')
    result = prepare_dataset(_annotations(root), tmp_path / 'out', SETTINGS)
    assert result.prepared == ['s16_0101']
    assert result.failed == {'s15_0101': 's15_0101: no face found in any of the 4 frames looked at'}


def test_killed_and_resumed_gives_the_same_bytes(
    frames_root: Path, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    """Two worker processes; the main one is killed with SIGKILL as soon as one video is finished."""
    (tmp_path / 'annotations').write_text(json.dumps(_annotations(frames_root)))
    out = tmp_path / 'out'
    code = (
        'import json, sys\n'
        'from mmaction_mespot.preprocessing.preparation_settings import PreparationSettings\n'
        'from mmaction_mespot.preprocessing.prepare import prepare_dataset\n'
        'annotations = json.load(open(sys.argv[1]))\n'
        f'prepare_dataset(annotations, sys.argv[2], {SETTINGS!r}, jobs=2)\n'
    )
    process = subprocess.Popen([sys.executable, '-c', code, str(tmp_path / 'annotations'), str(out)])
    while not list(out.glob('manifest/*.json')) and process.poll() is None:
        time.sleep(0.001)
    children = Path(f'/proc/{process.pid}/task/{process.pid}/children')
    workers = children.read_text().split() if children.exists() else []
    process.kill()
    assert process.wait() == -9
    result = prepare_dataset(_annotations(frames_root), out, SETTINGS)
    assert result.skipped
    assert result.prepared
    assert _tree(out) == undisturbed
    deadline = time.monotonic() + 30
    while any(Path(f'/proc/{worker}').exists() for worker in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [worker for worker in workers if Path(f'/proc/{worker}').exists()] == []


@pytest.mark.skipif(os.name == 'nt', reason='no SIGKILL')
def test_a_worker_that_is_killed_costs_its_video_alone(
    frames_root: Path, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    killed: list[int] = []

    def kill_one() -> None:
        while not killed:
            for child in multiprocessing.active_children()[:1]:
                killed.append(child.pid or 0)
                os.kill(killed[0], signal.SIGKILL)
            time.sleep(0.01)

    thread = threading.Thread(target=kill_one)
    thread.start()
    result = prepare_dataset(_annotations(frames_root), tmp_path, SETTINGS, jobs=2)
    thread.join()
    ((failed, reason),) = result.failed.items()
    assert reason == 'the worker process was killed by SIGKILL (out of memory?)'
    assert len(result.prepared) == 2 and failed not in result.prepared
    assert prepare_dataset(_annotations(frames_root), tmp_path, SETTINGS).prepared == [failed]
    assert _tree(tmp_path) == undisturbed


def test_the_last_shard_completes_the_set(
    frames_root: Path, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    annotations = _annotations(frames_root)
    second = prepare_dataset(annotations, tmp_path, SETTINGS, shard=Shard(2, 2))
    assert second.prepared == ['s15_0102']
    assert second.left == ['s15_0101', 's16_0101']
    assert '2 videos are left to the other shards' in second.summary()
    assert not (tmp_path / 'annotations.json').exists()
    # With other settings it would be another set.
    other = replace(SETTINGS, flow_gap=1)
    assert prepare_dataset(annotations, tmp_path, other, shard=Shard(1, 2)).left == ['s15_0102']
    first = prepare_dataset(annotations, tmp_path, SETTINGS, shard=Shard(1, 2))
    assert first.prepared == ['s15_0101', 's16_0101']
    assert not first.left
    assert _tree(tmp_path) == undisturbed
    listed = json.loads((tmp_path / 'annotations.json').read_text())['data_list']
    assert [video['video_id'] for video in listed] == ['s15_0101', 's15_0102', 's16_0101']


def test_a_gpu_that_is_not_there_is_said_before_the_work(
    frames_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    settings = PreparationSettings(device='cuda')
    with pytest.raises(ValueError, match=r'device cuda: torch .* sees no GPU here; use the device cpu'):
        prepare_dataset(_annotations(frames_root), tmp_path / 'out', settings)
    assert not (tmp_path / 'out').exists()


def test_bad_settings(frames_root: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match='jobs: found 0'):
        prepare_dataset(_annotations(frames_root), tmp_path, jobs=0)
    with pytest.raises(ValueError, match='hold no video'):
        prepare_dataset({**_annotations(frames_root), 'data_list': []}, tmp_path)
