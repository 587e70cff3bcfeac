"""Files as cameras, browsers and copying leave them: spotting and preparing read the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from video_files import ramp, write_video

from mmaction_mespot.annotations.video_file import VideoFile
from mmaction_mespot.preprocessing.preparation_settings import PreparationSettings
from mmaction_mespot.preprocessing.video import open_video_source
from mmaction_mespot.preprocessing.video.open import open_annotated


@dataclass(frozen=True)
class Case:
    """A file and what is read of it.

    Attributes:
        build: Writes it into a folder.
        frames: Least and largest number of frames.
        fps: Frames per second.
        gap: Frames between the two images of a flow.
        size: Width and height in px.
        notes: What the notes must say, one after the other.
    """

    build: Callable[[Path], Path]
    frames: tuple[int, int]
    fps: float = 30.0
    gap: int = 4
    size: tuple[int, int] = (96, 64)
    notes: list[str] = field(default_factory=list)


def _damaged(folder: Path) -> Path:
    path = write_video(folder / 'a.mp4', ramp(270), gop=30)
    data = bytearray(path.read_bytes())
    start = int(0.4 * len(data))
    data[start : start + 3000] = bytes(3000)
    path.write_bytes(data)
    return path


def _browser(folder: Path) -> Path:
    jitter = np.random.default_rng(0).uniform(-4, 4, 90)
    times = [max(0, round(i * 33.3333 + shift)) for i, shift in enumerate(jitter)]
    return write_video(folder / 'a.webm', ramp(90), times_ms=times, codec='libvpx')


def _wide_pixels(aspect: Fraction, suffix: str = '.mp4') -> Callable[[Path], Path]:
    def build(folder: Path) -> Path:
        path = folder / f'a{suffix}'
        with av.open(str(path), 'w') as container:
            stream = container.add_stream('mpeg4', rate=30)
            stream.width, stream.height, stream.pix_fmt = 96, 64, 'yuv420p'
            stream.codec_context.sample_aspect_ratio = aspect
            for image in ramp(20):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format='rgb24')))
            container.mux(stream.encode(None))
        return path

    return build


def _two(suffix: str, codec: str = 'mpeg4', frames: int = 60) -> Callable[[Path], Path]:
    def build(folder: Path) -> Path:
        part = write_video(folder / f'part{suffix}', ramp(frames), codec=codec)
        path = folder / f'a{suffix}'
        path.write_bytes(part.read_bytes() * 2)
        return path

    return build


CASES = {
    'damaged': Case(
        _damaged, (200, 269), notes=[r'between \d+\.\d\d s and \d+\.\d\d s could not be decoded']
    ),
    'browser': Case(_browser, (90, 90)),
    'pixels twice as wide': Case(
        _wide_pixels(Fraction(2)), (20, 20), size=(192, 64), notes=['2:1, not square: stretched to 192 x 64']
    ),
    'pixels taller': Case(
        _wide_pixels(Fraction(1, 2)),
        (20, 20),
        size=(96, 128),
        notes=['1:2, not square: stretched to 96 x 128'],
    ),
    'pixels of a DVD': Case(
        _wide_pixels(Fraction(16, 15), '.mpg'), (20, 20), size=(102, 64), notes=['16:15, not square']
    ),
    'transport streams joined': Case(
        _two('.ts', 'mpeg2video'), (115, 120), notes=[r'the time stamps jump at [12]\.\d s: evened out']
    ),
    'MP4 joined': Case(_two('.mp4'), (60, 60), notes=['a second video begins in the file at byte']),
    'Matroska joined, which FFmpeg reads on': Case(_two('.mkv'), (120, 120)),
    'AVI joined, which FFmpeg reads on': Case(_two('.avi'), (120, 120)),
    'bare stream': Case(
        lambda folder: write_video(folder / 'a.h264', ramp(40), codec='libx264'),
        (39, 40),
        fps=25.0,
        gap=3,
        notes=['no time stamps: 25 frames per second assumed'],
    ),
}


@pytest.mark.parametrize('name', CASES)
def test_spotting_and_preparing_read_the_same(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    path = case.build(tmp_path)
    source = open_video_source(path)
    streamed = list(source)
    scanned = VideoFile.scan(path)
    prepared = open_annotated(dict(video=path.name, fps=scanned.fps), path.parent)
    again = list(prepared)
    assert case.frames[0] <= len(streamed) <= case.frames[1]
    assert scanned.total_frames == len(again) == len(streamed)
    assert [frame.index for frame in streamed] == list(range(len(streamed)))
    for frame, other in zip(streamed, again, strict=True):
        assert (frame.index, frame.time_s) == (other.index, other.time_s)
        np.testing.assert_array_equal(frame.image, other.image)
    assert scanned.size == source.size == case.size
    assert scanned.fps == source.fps == prepared.fps == pytest.approx(case.fps, rel=2e-3)
    assert PreparationSettings().gap(source.fps) == case.gap
    assert list(scanned.notes) == source.notes == prepared.notes
    for expected in case.notes:
        assert any(re.search(expected, note) for note in source.notes), source.notes


def test_whole_files_need_no_note(tmp_path: Path) -> None:
    for suffix, codec in (('.mp4', 'mpeg4'), ('.avi', 'mpeg4'), ('.mkv', 'mpeg4'), ('.ts', 'mpeg2video')):
        path = write_video(tmp_path / f'a{suffix}', ramp(60), codec=codec)
        source = open_video_source(path)
        assert (len(list(source)), source.fps, source.notes) == (60, pytest.approx(30.0, rel=2e-3), []), (
            suffix
        )
