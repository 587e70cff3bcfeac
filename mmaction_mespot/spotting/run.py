"""One video through one spotter, in one pass."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from mmaction_mespot.preprocessing.faces import FaceTracker
from mmaction_mespot.preprocessing.faces.face_aligner import AlignedFrame, align_stream
from mmaction_mespot.preprocessing.faces.follower import FaceChoice
from mmaction_mespot.preprocessing.flow.motion import motion_stream
from mmaction_mespot.preprocessing.video import TimedFrame, VideoSource, resample
from mmaction_mespot.spotters.proposals import VideoProposals
from mmaction_mespot.spotting.crops import SpotCrops
from mmaction_mespot.spotting.face import SpotFace
from mmaction_mespot.spotting.gaps import GapFinder
from mmaction_mespot.spotting.interval_stream import unlimited
from mmaction_mespot.spotting.model import SpotModel
from mmaction_mespot.spotting.result import Interval, Spotting

ROI = 'flow_roi'
"""The stream that the apexes are found in; every run has it."""


class SpotRun:
    """Spot one video; iterate over it for the intervals as they become final, then take `result`.

    Each frame is decoded, aligned and flowed once. What grows with the video are a few numbers per frame.

    Args:
        source: The opened video.
        model: The spotter.
        tracker: The face tracker.
        face: Which face: ``'largest'``, ``'center'`` or a box. Defaults to ``'largest'``.
        number: Number of the face among several that are spotted. Defaults to 0.
        crops: Takes the aligned crops, for pictures of what is found. Defaults to None.
        on_frame: Called with the number of source frames read so far. Defaults to nothing.
    """

    def __init__(
        self,
        source: VideoSource,
        model: SpotModel,
        tracker: FaceTracker,
        face: FaceChoice = 'largest',
        number: int = 0,
        crops: SpotCrops | None = None,
        on_frame: Callable[[int], None] = lambda done: None,
    ) -> None:
        self.source, self.model, self.tracker, self.face_choice = source, model, tracker, face
        self.crops, self._on_frame = crops, on_frame
        self.fps = model.preparation.rate(source.fps)
        self.gap = model.preparation.gap(self.fps)
        self._face = SpotFace(model, self.fps, self.gap, number, source.fps)
        self._notes: list[str] = []
        self._gaps = GapFinder(source.fps)
        self._boxes = array('f')
        self._frames, self._last_s = 0, 0.0
        self._found: list[Interval] = []
        self._done = False

    def __iter__(self) -> Iterator[Interval]:
        """Go through the video once.

        Yields:
            Each interval as soon as nothing that follows can change it.

        Raises:
            VideoError: If the video cannot be used.
        """
        prepared = self.model.preparation
        frames = resample(self._counted(self.source), self.fps)
        aligned = align_stream(
            frames,
            self.fps,
            prepared.crop_size,
            self.tracker,
            self.face_choice,
            self._notes,
            self.source.name,
        )
        streams = tuple(dict.fromkeys((*prepared.streams, ROI)))
        for entry in motion_stream(self._kept(aligned), self.fps, self.gap, streams, prepared.flow_method):
            yield from self._collect(self._face.push(entry))
        yield from self._collect(self._face.finish())
        self._done = True

    @property
    def result(self) -> Spotting:
        """Everything about the video, once it was gone through.

        Raises:
            RuntimeError: If it was not.
        """
        if not self._done:
            raise RuntimeError('the result is there after the iteration over the run')
        candidates = self._face.candidates()
        settings: dict[str, Any] = dict(
            working_fps=round(self.fps, 6), flow_gap=self.gap, face=self.face_choice
        )
        return Spotting(
            path=self.source.name,
            fps=self.source.fps,
            total_frames=self._frames,
            duration_s=self._last_s + 1 / self.source.fps,
            size=self.source.size,
            model=self.model.describe(**settings),
            thresholds=self.model.thresholds,
            intervals=sorted(self._found, key=lambda interval: (interval.onset, interval.offset)),
            candidates=[self._gaps.mark(one) for one in self._face.intervals(candidates)],
            time_s=self._face.times_s(),
            source_index=self._face.source_indices(),
            curves=self._face.curves(candidates),
            notes=tuple(
                dict.fromkeys((*self.source.notes, *self._gaps.notes(), *self._notes, *self.model.notes))
            ),
            boxes=(np.array(self._boxes).reshape(-1, 5),),
            false_per_minute=self.model.false_per_minute,
            proposals=self._proposals(),
        )

    def _proposals(self) -> VideoProposals | None:
        if self.model.origin is None:
            return None
        return VideoProposals(
            self.model.origin,
            self.fps,
            self._face.times_s(),
            self._face.source_indices(),
            unlimited(self.model.post_processing),
            [self._face.proposals()],
        )

    def _counted(self, frames: Iterable[TimedFrame]) -> Iterator[TimedFrame]:
        for frame in frames:
            self._frames, self._last_s = frame.index + 1, frame.time_s
            self._gaps.push(frame.index, frame.time_s)
            yield frame
            self._on_frame(self._frames)

    def _kept(self, frames: Iterable[AlignedFrame]) -> Iterator[AlignedFrame]:
        for frame in frames:
            self._boxes.extend((*frame.box, float(frame.face)))
            if self.crops is not None:
                self.crops.append(frame.crop)
            yield frame

    def _collect(self, found: list[Interval]) -> list[Interval]:
        marked = [self._gaps.mark(interval) for interval in found]
        self._found += marked
        return marked
