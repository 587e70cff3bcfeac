"""The video as a browser plays it: a copy with every frame at its time, and the times of the frames."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from mmaction_mespot.atomic_file import whole_file
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.video import open_video_source
from mmaction_mespot.preprocessing.video.container_file import open_container, read_packets
from mmaction_mespot.visualization.overlay import ENCODERS

TICKS = 90_000
"""Units of a second in which the copy counts its times."""

_KEY_FRAMES = 12


def write_preview(path: Path, fps: float, preview: Path) -> None:
    """Write a copy of a video that a browser plays and seeks in: the same frames at the same times.

    Args:
        path: A video file or a folder of images.
        fps: Frames per second of a folder.
        preview: The MP4 to write, whole or not at all.

    Raises:
        MESpotError: If this PyAV has no H.264 encoder.
    """
    encoder = next((name for name in ENCODERS if name in av.codecs_available), None)
    if encoder is None:
        raise MESpotError(f'{preview}: this PyAV has no H.264 encoder, expected one of {ENCODERS}')
    source = open_video_source(path, fps if path.is_dir() else None)
    width, height = (2 * ((side + 1) // 2) for side in source.size)  # H.264 takes even sides
    with (
        whole_file(preview) as temporary,
        av.open(str(temporary), 'w', format='mp4', options={'movflags': '+faststart'}) as container,
    ):
        stream: Any = container.add_stream(encoder, rate=Fraction(source.fps).limit_denominator(1001))
        stream.width, stream.height, stream.pix_fmt = width, height, 'yuv420p'
        stream.time_base = stream.codec_context.time_base = Fraction(1, TICKS)
        stream.gop_size, stream.max_b_frames = _KEY_FRAMES, 0
        if encoder == 'libx264':
            stream.options = {'preset': 'veryfast', 'crf': '20'}
        for frame in source:
            image = frame.image
            if image.shape[1::-1] != (width, height):
                image = cv2.resize(image, (width, height))
            picture = av.VideoFrame.from_ndarray(image, format='rgb24')
            picture.pts, picture.time_base = round(frame.time_s * TICKS), Fraction(1, TICKS)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())


def player_times(path: Path, total_frames: int) -> dict[str, Any]:
    """Times at which a player shows the frames of a file, by the time stamps of its packets.

    Args:
        path: The file that is played.
        total_frames: Frames that were spotted.

    Returns:
        ``time_s``: of each frame, the first at 0; ``start_s``: the player's time at the first. Where the
        packets are not as many as the frames (damage), the times are those of the frames that decode.
    """
    container, stream = open_container(path)
    with container:
        stamps = [
            float(packet.pts * packet.time_base)
            for packet in read_packets(container, stream)
            if packet is not None and packet.size and packet.pts is not None and packet.time_base
        ]
    times = np.sort(np.array(stamps))
    start = float(times[0]) if len(times) else 0.0
    times = times - start
    if len(times) != total_frames:
        times = np.array([frame.time_s for frame in open_video_source(path)])
    return {'time_s': np.round(times, 6).tolist(), 'start_s': round(max(start, 0.0), 6)}
