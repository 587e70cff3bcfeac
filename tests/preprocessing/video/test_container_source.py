from __future__ import annotations

import logging
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from video_files import number_of, ramp, turn, write_sound, write_video

from mmaction_mespot.preprocessing.video import VideoError, open_video_source, resample


@pytest.mark.parametrize(
    ('name', 'codec'), [('a.mp4', 'libx264'), ('a.mkv', 'libx264'), ('a.avi', 'mjpeg'), ('a.webm', 'libvpx')]
)
def test_frames_come_with_their_times(name: str, codec: str, tmp_path: Path) -> None:
    source = open_video_source(write_video(tmp_path / name, ramp(40), codec=codec))
    assert (source.fps, source.size, source.total_frames) == (pytest.approx(30), (96, 64), 40)
    for _ in range(2):
        frames = list(source)
        assert [number_of(frame.image) for frame in frames] == list(range(40))
        assert [frame.time_s for frame in frames] == pytest.approx(np.arange(40) / 30, abs=1e-3)
    assert source.notes == []


def test_a_video_held_upright_is_turned(tmp_path: Path) -> None:
    path = turn(write_video(tmp_path / 'a.mp4', ramp(5)))
    source = open_video_source(path)
    image = next(iter(source)).image
    assert source.size == (64, 96)
    assert image.shape == (96, 64, 3)
    # A quarter turn clockwise brings the white corner from the upper left to the upper right.
    assert image[10, 50].min() > 240
    assert image[10, 10].max() < 20


def test_odd_sizes_are_read(tmp_path: Path) -> None:
    images = [np.full((33, 51, 3), 40 * i, np.uint8) for i in range(5)]
    source = open_video_source(write_video(tmp_path / 'a.avi', images, codec='mjpeg'))
    assert source.size == (51, 33)
    assert [frame.image.shape for frame in source] == [(33, 51, 3)] * 5
    assert [round(frame.image.mean() / 40) for frame in source] == list(range(5))


def test_a_title_that_is_no_utf8_is_no_hindrance(tmp_path: Path) -> None:
    path = write_video(tmp_path / 'a.mkv', ramp(5), title='a title')
    data = path.read_bytes()
    assert data.count(b'a title') == 1
    path.write_bytes(data.replace(b'a title', b'\xff\xfe\xe9 etc'))
    assert [number_of(frame.image) for frame in open_video_source(path)] == list(range(5))


@pytest.mark.parametrize('name', ['a.mkv', 'a.mp4'])
def test_time_stamps_count_not_frames(name: str, tmp_path: Path) -> None:
    """Every third frame of 30 per second is left out: the grid shows the others at their own times."""
    kept = [i for i in range(60) if i % 3 != 2]
    images = ramp(60)
    path = write_video(
        tmp_path / name,
        [images[i] for i in kept],
        times_ms=[round(i * 1000 / 30) for i in kept],
        codec='libx264',
    )
    source = open_video_source(path)
    assert source.fps == pytest.approx(39 / (58 / 30), rel=0.01)
    assert any(note.startswith('variable frame rate, mostly 33 to 67 ms') for note in source.notes)
    shown = [number_of(frame.image) for frame in resample(source, 30)]
    assert shown == [i - (i % 3 == 2) for i in range(59)]


def test_a_given_rate_replaces_the_time_stamps(tmp_path: Path) -> None:
    source = open_video_source(write_video(tmp_path / 'a.mp4', ramp(10)), fps=200)
    assert source.fps == 200
    assert [frame.time_s for frame in source] == pytest.approx(np.arange(10) / 200)


def test_a_cut_off_file_gives_what_it_holds(tmp_path: Path) -> None:
    path = write_video(tmp_path / 'a.avi', ramp(40), codec='mjpeg')
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    source = open_video_source(path)
    frames = list(source)
    assert [number_of(frame.image) for frame in frames] == list(range(len(frames)))
    assert 15 <= len(frames) <= 22
    assert source.notes[0] == f'the file is cut off: {source.total_frames} of 40 frames are there'


def test_damaged_packets_leave_a_hole_with_a_note(tmp_path: Path) -> None:
    path = write_video(tmp_path / 'a.mkv', ramp(40), codec='mjpeg')
    data = bytearray(path.read_bytes())
    starts = [i for i in range(len(data) - 3) if data[i : i + 3] == b'\xff\xd8\xff']
    for start, end in pairwise(starts[10:14]):
        data[start : end - 40] = bytes(end - 40 - start)
    path.write_bytes(data)
    source = open_video_source(path)
    frames = list(source)
    assert len(starts) == 40
    assert [number_of(frame.image) for frame in frames] == [*range(10), *range(13, 40)]
    assert [frame.time_s for frame in frames] == pytest.approx(
        np.array([*range(10), *range(13, 40)]) / 30, abs=1e-3
    )
    assert 'frames between 0.30 s and 0.43 s could not be decoded' in source.notes
    # The hole is filled with the last good frame (half an interval early at its end).
    shown = [number_of(frame.image) for frame in resample(source, 30)]
    assert shown == [*range(10), 9, 9, 9, *range(13, 40)]


def _text(path: Path) -> None:
    path.write_text('no video at all\n' * 50)


def _playlist(path: Path) -> None:
    write_video(path.with_name('real.mp4'), ramp(3))
    path.write_text('ffconcat version 1.0\nfile real.mp4\n')


def _stream_list(path: Path) -> None:
    path.write_text('#EXTM3U\n#EXTINF:5,\nhttp://localhost:9/real.ts\n')


def _without_index(path: Path) -> None:
    write_video(path, ramp(10), faststart=False)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize(
    ('make', 'message'),
    [
        (lambda path: path.write_bytes(b''), r'empty file \(0 bytes\)'),
        (lambda path: path.write_bytes(bytes(4096)), 'not a readable video'),
        (_text, 'not a readable video'),
        (_playlist, 'not a readable video'),
        (_stream_list, 'not a readable video'),
        (_without_index, 'its index is missing or damaged: cut off, or the recording was never closed'),
        (write_sound, 'holds no moving pictures, found audio'),
    ],
)
def test_what_is_no_video_is_one_line(make: object, message: str, tmp_path: Path) -> None:
    path = tmp_path / 'a.mp4'
    make(path)  # type: ignore[operator]
    with pytest.raises(VideoError, match=rf'a\.mp4: .*{message}') as raised:
        open_video_source(path)
    assert '\n' not in str(raised.value)


def test_ffmpeg_keeps_quiet(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = write_video(tmp_path / 'a.mp4', ramp(40), codec='libx264')
    data = bytearray(path.read_bytes())
    data[-400:] = bytes(400)
    path.write_bytes(data)
    logging.captureWarnings(False)
    list(open_video_source(path))
    assert capfd.readouterr() == ('', '')
