"""The command on files of every kind: nothing that is broken stops it, and it always says what is wrong."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import av
import cv2
import matplotlib
import numpy as np
import pytest

from mmaction_mespot.spotting import videos as module
from mmaction_mespot.spotting.inferencer import SpottingInferencer
from mmaction_mespot.spotting.jobs import SpotterSetup
from mmaction_mespot.spotting.reporter import SpotReporter
from mmaction_mespot.spotting.videos import SpotOptions, spot_videos

MUTATIONS = 100


@pytest.fixture(scope='module')
def inferencer() -> SpottingInferencer:
    return SpottingInferencer('flow')


@pytest.fixture(scope='module')
def face() -> np.ndarray:
    path = Path(matplotlib.__file__).parent / 'mpl-data' / 'sample_data' / 'grace_hopper.jpg'
    return cv2.resize(cv2.imread(str(path)), (96, 112), interpolation=cv2.INTER_AREA)


@pytest.fixture(scope='module')
def video(face: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A video of 9 frames of a real face, as bytes."""
    path = tmp_path_factory.mktemp('video') / 'face.mp4'
    with av.open(str(path), 'w') as container:
        stream = container.add_stream('libx264', rate=30)
        stream.width, stream.height, stream.pix_fmt = 96, 112, 'yuv420p'
        stream.options = {'g': '3'}
        for _ in range(9):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(face, format='bgr24')))
        container.mux(stream.encode())
    return path.read_bytes()


def mutated(video: bytes, number: int) -> bytes:
    """The file with one kind of damage after the other."""
    rng = np.random.default_rng(number)
    data = bytearray(video)
    kind = number % 5
    if kind == 0:
        return bytes(data[: int(rng.integers(0, len(data)))])
    if kind == 1:
        for place in rng.integers(0, len(data), int(rng.integers(1, 60))):
            data[place] ^= 1 << int(rng.integers(8))
        return bytes(data)
    if kind == 2:
        start = int(rng.integers(0, len(data)))
        length = int(rng.integers(1, 2000))
        data[start : start + length] = bytes(min(length, len(data) - start))
        return bytes(data)
    if kind == 3:
        return (
            rng.bytes(int(rng.integers(0, 3000)))
            if number % 2
            else b'onset,offset\n' * int(rng.integers(0, 90))
        )
    start = int(rng.integers(0, len(data) - 1))
    del data[start : start + int(rng.integers(1, 400))]
    return bytes(data)


def write_json_only(result, folder, crops) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / 'intervals.json').write_text(json.dumps(result.to_dict()))


def test_a_hundred_damaged_videos(
    inferencer: SpottingInferencer,
    video: bytes,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, 'write_result', write_json_only)  # drawing a picture each takes too long
    paths = []
    for number in range(MUTATIONS):
        paths.append(tmp_path / f'{number:03d}.mp4')
        paths[-1].write_bytes(mutated(video, number))
    code = spot_videos(paths, inferencer, SpotOptions(tmp_path / 'out'), SpotReporter('json-lines'))
    printed = capsys.readouterr()
    events = [json.loads(line) for line in printed.out.splitlines()]
    ended = {event['video']: event for event in events if event['event'] in ('done', 'failed')}
    assert code == 1 and set(ended) == {str(path) for path in paths}
    failed = [event for event in ended.values() if event['event'] == 'failed']
    assert 40 <= len(failed) < MUTATIONS
    lines = [line for line in printed.err.splitlines() if line.startswith('failed: ')]
    assert len(lines) == len(failed)
    assert 'Traceback' not in printed.err
    # Errors of ours, not of a library that met something unexpected.
    assert not [line for line in lines if 'MESPOT_TRACEBACK' in line]
    for event in failed:
        assert event['video'] in event['error'] and '\n' not in event['error']


def test_one_bad_video_does_not_stop_the_others(
    inferencer: SpottingInferencer, face: np.ndarray, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frames = tmp_path / 'frames'
    frames.mkdir()
    for number in range(6):
        cv2.imwrite(str(frames / f'img_{number}.png'), face)
    empty = tmp_path / 'empty.mp4'
    empty.touch()
    paths = [empty, tmp_path / 'nowhere.mp4', frames]
    options = SpotOptions(tmp_path / 'out', fps=30.0, megc=True)
    assert spot_videos(paths, inferencer, options, SpotReporter('quiet')) == 1
    printed = capsys.readouterr()
    assert printed.out == ''
    assert [line.split(':')[1].strip() for line in printed.err.splitlines()] == [str(empty), str(paths[1])]
    names = {path.name for path in (tmp_path / 'out' / 'frames').iterdir()} - {'.spotting.lock'}
    files = {'intervals.csv', 'intervals.json', 'proposals.npz', 'run.json', 'thumbnails', 'timeline.png'}
    assert names == files
    failures = list(csv.DictReader((tmp_path / 'out' / 'failures.csv').open()))
    assert [row['video'] for row in failures] == ['empty', 'nowhere']
    assert (tmp_path / 'out' / 'megc.csv').read_text() == 'vid,pred_onset,pred_offset,type\n'
    assert spot_videos([frames], inferencer, options, SpotReporter('quiet')) == 0


def test_a_second_run_passes_over_what_is_finished(
    inferencer: SpottingInferencer, video: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ('a.mp4', 'b.mp4'):
        (tmp_path / name).write_bytes(video)
    options = SpotOptions(tmp_path / 'out')

    def events(options: SpotOptions) -> list[str]:
        assert spot_videos([tmp_path], inferencer, options, SpotReporter('json-lines')) == 0
        lines = map(json.loads, capsys.readouterr().out.splitlines())
        return [line['event'] for line in lines if line['event'] in ('done', 'skipped')]

    assert events(options) == ['done', 'done']
    stale = tmp_path / 'out' / 'a' / 'overlay.mp4'
    stale.touch()
    (tmp_path / 'out' / 'b' / 'run.json').unlink()  # as of a run that was killed
    assert events(options) == ['skipped', 'done'] and stale.exists()
    assert events(replace(options, redo=True)) == ['done', 'done'] and not stale.exists()
    (tmp_path / 'a.mp4').write_bytes(video + b'more')
    assert events(options) == ['done', 'skipped']


def test_two_processes_find_what_one_finds(
    video: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ('a.mp4', 'b.mp4', 'P1/c.mp4'):
        (tmp_path / 'in' / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / 'in' / name).write_bytes(video)
    (tmp_path / 'in' / 'bad.mp4').write_text('no video')
    setup = SpotterSetup()
    tables = []
    for jobs in (1, 2):
        options = SpotOptions(tmp_path / f'out{jobs}')
        reporter = SpotReporter('quiet')
        assert spot_videos([tmp_path / 'in'], setup.make(), options, reporter, jobs, setup) == 1
        tables.append([(options.out / f'{name}.csv').read_text() for name in ('study', 'videos', 'failures')])
        assert 'bad.mp4' in capsys.readouterr().err
    assert tables[0] == tables[1]
    assert [line.split(',')[0] for line in tables[0][1].splitlines()] == ['video', 'P1/c', 'a', 'b']


def test_a_bug_shows_its_traceback_and_the_others_go_on(
    inferencer: SpottingInferencer, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError('a bug')

    monkeypatch.setattr(module, 'open_video_source', broken)
    assert spot_videos(['a.mp4'], inferencer, SpotOptions(tmp_path), SpotReporter('quiet')) == 1
    error = capsys.readouterr().err
    assert error.startswith('Traceback') and error.endswith('failed: a.mp4: ZeroDivisionError: a bug\n')
    monkeypatch.setenv('MESPOT_TRACEBACK', '1')
    with pytest.raises(ZeroDivisionError):
        spot_videos(['a.mp4'], inferencer, SpotOptions(tmp_path), SpotReporter('quiet'))
