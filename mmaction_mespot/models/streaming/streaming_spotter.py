"""A trained network on a video of any length."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from mmaction.structures import ActionDataSample
from torch import Tensor

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import Detections, WindowCandidates
from mmaction_mespot.intervals.grid import (
    check_alignment,
    count_positions,
    frames_per_position,
    last_aligned_start,
)

from .backbone_runner import BackboneRunner, default_chunk_len
from .feature_cache import FeatureCache
from .feature_stream import FeatureChunk, FeatureStream


class StreamingSpotter:
    """Spot while the video is read, in bounded memory, each frame through the backbone about once.

    The backbone runs on chunks (:class:`FeatureStream`); neck and head run on windows cut out of the kept
    features. Windows start at multiples of the backbone's coarsest stride on the video's position grid. The
    result is that of ``LongVideoDataset(align=..., context=...)`` and ``MESpotter(context=...)``, where every
    window goes through the whole network by itself.

    One object reads one video: :meth:`push` every frame, then :meth:`finish`.

    Args:
        model: A :class:`MESpotter`; it is moved to the device and set to evaluation.
        clip_len: Positions of a window, a multiple of the coarsest stride.
        stride: Positions between the starts of windows, a multiple of the coarsest stride.
        fps: Frames per second of the video.
        target_fps: Positions per second; None reads every frame. Defaults to None.
        streams: Names of the streams that :meth:`push` gets. Defaults to ``('flow',)``.
        context: Positions of context on each side of a chunk. A smaller one than the receptive field makes
            the features depend on the chunks. Defaults to None: the model's own ``context``, or, where that
            is 0, what :func:`probe_context` measures.
        batch_size: Windows that neck and head take at once. Defaults to 8.
        device: Where the network runs. Defaults to ``'cpu'``.
        amp: Run backbone and neck in half precision (bfloat16 on the CPU, float16 on CUDA). Defaults to
            False.
        chunk_len: Positions of a chunk. Defaults to None, 10 contexts: a sixth of the positions that go
            through the backbone are then context. A smaller one answers earlier and needs less memory.
        pipeline: Transforms of single frames as in the config's test pipeline (``StreamResize``,
            ``StreamCenterCrop``), without loading and packing. Defaults to none.
        frame_interval: Frames between positions instead of ``target_fps``. Defaults to None.

    Attributes:
        positions: Positions of the video so far.
        positions_run: Positions that went through the backbone, contexts included.

    Raises:
        MESpotError: If options contradict each other.
    """

    def __init__(
        self,
        model: Any,
        clip_len: int,
        stride: int,
        fps: float,
        target_fps: float | None = None,
        streams: Sequence[str] = ('flow',),
        context: int | None = None,
        batch_size: int = 8,
        device: str | torch.device = 'cpu',
        amp: bool = False,
        chunk_len: int | None = None,
        pipeline: Sequence[Callable[[dict[str, Any]], dict[str, Any]]] = (),
        frame_interval: float | None = None,
    ) -> None:
        if target_fps is not None and frame_interval is not None:
            raise MESpotError(
                f'StreamingSpotter: give target_fps or frame_interval, found {target_fps} and '
                f'{frame_interval}'
            )
        if batch_size < 1:
            raise MESpotError(f'StreamingSpotter: batch_size must be above 0, found {batch_size}')
        self.runner = BackboneRunner(model, streams, context, device, amp, pipeline)
        self.clip_len = clip_len
        self.stride = stride
        self.fps = float(fps)
        self.frame_interval = frames_per_position(self.fps, target_fps, frame_interval)
        self.batch_size = batch_size
        check_alignment(clip_len, stride, self.runner.grid.align)
        self._features = FeatureStream(
            self.runner.run,
            self.frame_interval,
            self.runner.context,
            chunk_len or default_chunk_len(self.runner.context, clip_len),
            self.runner.transform,
        )
        self._cache = FeatureCache()
        self._next_window = 0
        self._finished = False

    @property
    def positions(self) -> int:
        """Positions of the video so far."""
        frames = self._features.frames
        return count_positions(frames, self.frame_interval) if frames else 0

    @property
    def positions_run(self) -> int:
        """Positions that went through the backbone, contexts included."""
        return self._features.positions_run

    @property
    def kept(self) -> int:
        """Positions in memory: frames that wait for the backbone and features that wait for windows."""
        return self._features.buffered + len(self._cache)

    def push(self, streams: Mapping[str, np.ndarray]) -> list[WindowCandidates]:
        """Take the next frame of the video.

        Args:
            streams: ``rgb`` (H, W, 3) uint8, ``flow`` (H, W, 2) float in px of the crop, the motion of the
                head already removed: those that were named.

        Returns:
            The windows that it completes. Their candidates are in frames of the video; they may end beyond
            its last frame, which is not known yet (``merge_windows`` cuts them).

        Raises:
            MESpotError: If a stream is missing, or the video was finished before.
        """
        self._check_open()
        return self._emit(self._features.push(self.runner.select(streams)), self._complete_starts)

    def finish(self) -> list[WindowCandidates]:
        """End the video.

        Returns:
            The remaining windows, as of :meth:`push`; their candidates end with the video.

        Raises:
            MESpotError: If no frame was pushed, or the video was finished before.
        """
        self._check_open()
        self._finished = True
        last = last_aligned_start(self.positions, self.clip_len, self.runner.grid.align)
        total_frames = self._features.frames
        chunks = self._features.finish(last + self.clip_len)

        def starts() -> list[int]:
            ready = [start for start in self._complete_starts() if start < last]
            return [*ready, last] if self._cache.end >= last + self.clip_len else ready

        return self._emit(chunks, starts, total_frames)

    def _check_open(self) -> None:
        if self._finished:
            raise MESpotError('StreamingSpotter: this video was finished; take a new one for the next video')

    def _complete_starts(self) -> list[int]:
        """Starts of the windows whose features are there."""
        return list(range(self._next_window, self._cache.end - self.clip_len + 1, self.stride))

    def _emit(
        self,
        chunks: Sequence[FeatureChunk],
        ready: Callable[[], list[int]],
        total_frames: float = float('inf'),
    ) -> list[WindowCandidates]:
        """Run the windows that the chunks complete; forget features that no window needs."""
        windows = []
        for chunk in chunks:
            self._cache.append(chunk)
            starts = ready()
            for i in range(0, len(starts), self.batch_size):
                windows += self._run_windows(starts[i : i + self.batch_size], total_frames)
            if starts:
                self._next_window = starts[-1] + self.stride
            # the last window of the video may start up to a stride before the next one
            self._cache.drop_before(self._next_window - self.stride + self.runner.grid.align)
        return windows

    def _run_windows(self, starts: Sequence[int], total_frames: float) -> list[WindowCandidates]:
        """Neck and head on the windows that start at these positions."""
        cut = [self._cache.window(start, self.clip_len) for start in starts]
        levels: list[Tensor] = [torch.cat(level) for level in zip(*cut, strict=True)]
        samples = []
        for start in starts:
            sample = ActionDataSample()
            sample.set_metainfo(
                dict(
                    video_id='stream',
                    window_start=self.frame_interval * start,
                    frame_interval=self.frame_interval,
                    clip_len=self.clip_len,
                    total_frames=total_frames,
                    fps=self.fps,
                )
            )
            samples.append(sample)
        return [self._candidates(sample) for sample in self.runner.predict(levels, samples)]

    def _candidates(self, sample: ActionDataSample) -> WindowCandidates:
        found, start = sample.pred_instances, sample.metainfo['window_start']
        return WindowCandidates(
            Detections(found.segments.numpy(), found.scores.numpy(), found.labels.numpy()),
            start,
            start + self.frame_interval * self.clip_len,
        )
