"""A video given as a file, decoded by FFmpeg."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from .container_file import FFmpegError, open_container, read_packets, second_part
from .frame import NoteList, TimedFrame, VideoError
from .packet_times import FrameClock, PacketTimes
from .video_source import VideoSource

_UNEVEN = 1.3


class ContainerSource(VideoSource):
    """Frames of a video file, upright and with square pixels, with the file's time stamps.

    Opening reads through the file once without decoding, for the rate and the number of frames: headers are
    often wrong (webcams). Packets that cannot be decoded are passed over with a note.

    Args:
        path: The file.
        fps: Replaces the time stamps: frame i is at ``i / fps``. Defaults to None.

    Raises:
        VideoError: There is no such file, it is no video, or no frame can be decoded.
    """

    def __init__(self, path: Path, fps: float | None = None) -> None:
        self._path = path
        self._fixed_fps = fps
        self.losses = []
        times = PacketTimes.read(path)
        first = next(self._decoded(NoteList([])), None)
        if first is None:
            raise VideoError(f'{path}: none of the {times.count} frames can be decoded')
        height, width = _upright(first[1], times.pixel_aspect).shape[:2]
        self._pixel_aspect = times.pixel_aspect
        super().__init__(str(path), fps or times.fps, (width, height), times.count)
        self._add_opening_notes(times)

    def __iter__(self) -> Iterator[TimedFrame]:
        """Go through the frames."""
        for index, time_s, frame in self._timed():
            image = _upright(frame, self._pixel_aspect)
            if image.shape[1::-1] != self.size:
                NoteList(self.notes).add(
                    'changes of size', f'the size of the frames changes at {time_s:.1f} s: resized'
                )
                image = cv2.resize(image, self.size, interpolation=cv2.INTER_AREA)
            yield TimedFrame(index, time_s, image)

    def times_s(self) -> np.ndarray:
        """Times of the frames that can be decoded, (T,) in s; the frames are decoded, but not made images."""
        return np.array([time_s for _, time_s, _ in self._timed()])

    def _timed(self) -> Iterator[tuple[int, float, av.VideoFrame]]:
        """Number and time of each frame, notes added on the way."""
        notes = NoteList(self.notes)
        clock = FrameClock(self.fps, fixed=self._fixed_fps is not None)
        last_time = 0.0
        for index, (stamp, frame, broken) in enumerate(self._decoded(notes)):
            time_s, jumped = clock.time(stamp)
            if broken:
                self._lose(
                    notes,
                    'damaged stretches',
                    f'frames between {last_time:.2f} s and {time_s:.2f} s could not be decoded',
                )
            if jumped:
                notes.add('jumps of the time stamps', f'the time stamps jump at {time_s:.1f} s: evened out')
            yield index, time_s, frame
            last_time = time_s

    def _decoded(self, notes: NoteList) -> Iterator[tuple[float | None, av.VideoFrame, bool]]:
        """Time stamp (s) of each frame, the frame, and whether frames before it were lost."""
        broken = False
        container, stream = open_container(self._path)
        with container:
            for packet in read_packets(container, stream):
                broken |= packet is None or packet.is_corrupt
                try:
                    frames = [] if packet is None else packet.decode()
                except FFmpegError:
                    frames, broken = [], True
                for frame in frames:
                    if frame.is_corrupt:
                        broken = True
                        continue
                    yield frame.time, frame, broken
                    broken = False
        if broken:
            self._lose(notes, 'ends', 'the last frames could not be decoded')

    def _add_opening_notes(self, times: PacketTimes) -> None:
        if times.cut_off is not None:
            self._lose(NoteList(self.notes), 'ends', f'the file is cut off: {times.cut_off}')
        if times.rate_assumed and self._fixed_fps is None:
            self.notes.append(
                f'the file has no time stamps: {self.fps:g} frames per second assumed, '
                '--fps gives another rate'
            )
        if times.pixel_aspect != 1:
            wide, tall = times.pixel_aspect.as_integer_ratio()
            self.notes.append(
                f'its pixels are {wide}:{tall}, not square: stretched to {self.size[0]} x {self.size[1]} px'
            )
        behind = second_part(self._path)
        if behind is not None:
            self.notes.append(f'a second video begins in the file at byte {behind}: it is not read')
        low, high = times.usual_intervals
        if self._fixed_fps is None and high > _UNEVEN * low:
            self.notes.append(
                f'variable frame rate, mostly {low * 1000:.0f} to {high * 1000:.0f} ms from frame to frame: '
                'the time stamps are used'
            )


def _upright(frame: av.VideoFrame, pixel_aspect: Fraction) -> np.ndarray:
    """(H, W, 3) RGB uint8, its pixels made square, turned as the file says."""
    image: np.ndarray = frame.to_ndarray(format='rgb24')
    if pixel_aspect != 1:
        height, width = image.shape[:2]
        if pixel_aspect > 1:
            width = round(width * pixel_aspect)
        else:
            height = round(height / pixel_aspect)
        image = cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)
    turns = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(image, turns)) if turns else image
