"""Small videos for the tests."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from mmaction_mespot.preprocessing.video import TimedFrame

_IDENTITY = struct.pack('>9i', 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
_QUARTER_TURN = struct.pack('>9i', 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)


def ramp(count: int, width: int = 96, height: int = 64) -> list[np.ndarray]:
    """Images whose grey level is 4 times their number; the upper left quarter is white."""
    images = []
    for index in range(count):
        image = np.full((height, width, 3), 4 * (index % 60), np.uint8)
        image[: height // 2, : width // 2] = 255
        images.append(image)
    return images


def number_of(image: np.ndarray) -> int:
    """Which image of :func:`ramp` this is."""
    return round(float(image[-16:, -16:].mean()) / 4)


def write_video(
    path: Path,
    images: Sequence[np.ndarray],
    fps: int = 30,
    times_ms: Sequence[int] | None = None,
    codec: str = 'mpeg4',
    gop: int = 12,
    faststart: bool = True,
    title: str = '',
) -> Path:
    """Encode RGB images, at a constant rate or at given times."""
    options = {'movflags': 'faststart'} if faststart and path.suffix == '.mp4' else {}
    with av.open(str(path), 'w', options=options) as container:
        container.metadata['title'] = title
        stream = container.add_stream(codec, rate=fps)
        stream.height, stream.width = images[0].shape[:2]
        stream.pix_fmt = {'mjpeg': 'yuvj420p'}.get(codec, 'yuv420p')
        stream.bit_rate = 2_000_000
        stream.gop_size = gop
        if times_ms is not None:
            stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        for index, image in enumerate(images):
            frame = av.VideoFrame.from_ndarray(image, format='rgb24')
            frame.pts = index if times_ms is None else times_ms[index]
            frame.time_base = Fraction(1, fps) if times_ms is None else Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def write_sound(path: Path) -> Path:
    """Half a second of silence, no picture."""
    with av.open(str(path), 'w') as container:
        stream = container.add_stream('aac', rate=44100)
        for index in range(20):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format='fltp', layout='mono')
            frame.sample_rate, frame.pts = 44100, index * 1024
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def turn(path: Path) -> Path:
    """Mark an MP4 as to be shown a quarter turn clockwise, as phones do."""
    data = path.read_bytes()
    header = data.index(b'tkhd')
    place = data.index(_IDENTITY, header)
    path.write_bytes(data[:place] + _QUARTER_TURN + data[place + len(_IDENTITY) :])
    return path


def timed(images: Sequence[np.ndarray], fps: float = 30.0) -> list[TimedFrame]:
    """Frames at a constant rate."""
    return [TimedFrame(index, index / fps, image) for index, image in enumerate(images)]
