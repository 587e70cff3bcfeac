"""The backbone on a video of any length, chunk by chunk."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.grid import count_positions, position_frames

from ..backbones.temporal_context import crop_context

Frame = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class FeatureChunk:
    """Features of neighbouring positions of a video.

    Attributes:
        start: First position.
        length: Number of positions.
        levels: One tensor (1, C, length / stride, H, W) a level, fine to coarse.
    """

    start: int
    length: int
    levels: tuple[Tensor, ...]


class FeatureStream:
    """Compute the levels of a video while its frames come in.

    Frames are taken on the position grid (:mod:`mmaction_mespot.intervals.grid`). The backbone runs
    on chunks of ``chunk_len`` positions with ``context`` positions on both sides, which are cut off again; at
    the ends of the video its first and last frame are repeated, as a window of ``LongVideoDataset`` does. So
    the features do not depend on the chunks, if the context covers the backbone's receptive field.

    Args:
        run: The backbone: takes a dict of streams (T, H, W, C), gives the levels (1, C, T / stride, H, W).
        frame_interval: Frames between positions, above 0.
        context: Positions on both sides, a multiple of the coarsest stride.
        chunk_len: Positions of a chunk, a multiple of the coarsest stride.
        transform: Applied to each frame that is used; a dict of streams (H, W, C). Defaults to None.

    Attributes:
        frames: Frames taken so far.
        positions_run: Positions that went through the backbone, contexts included.

    Raises:
        MESpotError: If a number is out of its range.
    """

    def __init__(
        self,
        run: Callable[[dict[str, np.ndarray]], Sequence[Tensor]],
        frame_interval: float,
        context: int,
        chunk_len: int,
        transform: Callable[[Frame], Frame] | None = None,
    ) -> None:
        if not (frame_interval > 0 and context >= 0 and chunk_len >= 1):
            raise MESpotError(
                'FeatureStream needs frame_interval > 0, context >= 0 and chunk_len >= 1, found '
                f'frame_interval={frame_interval}, context={context}, chunk_len={chunk_len}'
            )
        self.frame_interval = frame_interval
        self.context = context
        self.chunk_len = chunk_len
        self.frames = 0
        self.positions_run = 0
        self._run = run
        self._transform = transform or (lambda frame: frame)
        self._next = 0  # first position whose features are still to come
        self._buffer: deque[Frame] = deque()  # from position `_next - context` on
        self._last: Frame | None = None

    @property
    def buffered(self) -> int:
        """Positions that wait for the backbone, the context before them included."""
        return len(self._buffer)

    def push(self, frame: Frame) -> list[FeatureChunk]:
        """Take the next frame.

        Args:
            frame: Its streams, each (H, W, C).

        Returns:
            The chunk that it completes, or nothing.
        """
        index, self.frames, self._last = self.frames, self.frames + 1, frame
        taken: Frame | None = None
        if index == 0:
            taken = self._transform(frame)
            self._buffer.extend([taken] * self.context)
        chunks = []
        while self._frame_of(self._taken) == index:
            taken = self._transform(frame) if taken is None else taken
            self._buffer.append(taken)
            if len(self._buffer) == self.chunk_len + 2 * self.context:
                chunks.append(self._run_chunk(self.chunk_len))
        return chunks

    def finish(self, end: int) -> list[FeatureChunk]:
        """Compute the features up to a position; the last frame stands for what is beyond the video.

        Args:
            end: First position that is not wanted; at least the video's length in positions, in multiples of
                the coarsest stride.

        Returns:
            The remaining chunks.

        Raises:
            MESpotError: If no frame was taken, or ``end`` leaves out positions of the video.
        """
        if self._last is None:
            raise MESpotError('FeatureStream: no frame was pushed, the video is empty')
        if end < count_positions(self.frames, self.frame_interval):
            raise MESpotError(f'FeatureStream: end={end} leaves out positions of the {self.frames} frames')
        missing = end + self.context - self._taken
        if missing > 0:
            self._buffer.extend([self._transform(self._last)] * missing)
        chunks = []
        while self._next < end:
            chunks.append(self._run_chunk(min(self.chunk_len, end - self._next)))
        self._buffer.clear()
        return chunks

    @property
    def _taken(self) -> int:
        """First position that is not in the buffer yet."""
        return self._next - self.context + len(self._buffer)

    def _frame_of(self, position: int) -> int:
        """Frame that a position reads, the end of the video left out of account."""
        return int(position_frames(position, 1, self.frame_interval, 1 << 62)[0])

    def _run_chunk(self, length: int) -> FeatureChunk:
        whole = length + 2 * self.context
        frames = [self._buffer[i] for i in range(whole)]
        streams = {name: np.stack([frame[name] for frame in frames]) for name in frames[0]}
        levels = crop_context(self._run(streams), whole, self.context)
        chunk = FeatureChunk(self._next, length, levels)
        self.positions_run += whole
        self._next += length
        for _ in range(length):
            self._buffer.popleft()
        return chunk
