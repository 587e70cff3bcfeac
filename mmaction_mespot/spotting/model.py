"""What finds the candidates in one video: a flow spotter or a trained network, behind one face."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from mmaction_mespot.intervals.postprocess import PostProcessing, WindowCandidates
from mmaction_mespot.preprocessing.preparation_settings import PreparationSettings
from mmaction_mespot.spotters.proposals import Origin


class SpotSession(Protocol):
    """One face of one video, frame by frame."""

    def push(self, streams: Mapping[str, np.ndarray]) -> list[WindowCandidates]:
        """Take the next frame's streams; give the windows that it completes."""
        ...

    def finish(self) -> list[WindowCandidates]:
        """Give the remaining windows."""
        ...


class OpenSession(Protocol):
    """Starts a session."""

    def __call__(self, fps: float, gap: int, video_fps: float | None = None) -> SpotSession:
        """Start.

        Args:
            fps: Positions per second of the streams.
            gap: Positions between the two images of a flow.
            video_fps: Frames per second of the video. Defaults to None: ``fps``.
        """
        ...


class Worth(Protocol):
    """What scores are worth, as measured on videos that the spotter was not made from."""

    @property
    def made_from(self) -> str:
        """What these videos were, in words."""
        ...

    def probability(self, scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Probability that a candidate is an expression of its class, (n,)."""
        ...

    def rate(self, thresholds: Sequence[float]) -> float | None:
        """False detections per minute at these thresholds; None where that is not known."""
        ...


@dataclass(frozen=True)
class SpotModel:
    """A spotter with all that running it on a video needs.

    Attributes:
        name: ``'flow'``, ``'lite'``, or the name of the config.
        preparation: Crop size, flow method, gap and rate that the spotter is made for; its streams are those
            that a session takes.
        thresholds: Smallest score of MaE and ME.
        post_processing: Settings of the merging.
        open_session: Starts a session.
        config: The config file, or None.
        checkpoint: The checkpoint file, or None.
        notes: What a user should know about this spotter.
        worth: What its scores are worth, or None where nobody has measured it.
        origin: What the scores come from before anything was adapted, so that proposals can be kept; None
            keeps none.
    """

    name: str
    preparation: PreparationSettings
    thresholds: tuple[float, float]
    post_processing: PostProcessing
    open_session: OpenSession
    config: str | None = None
    checkpoint: str | None = None
    notes: tuple[str, ...] = field(default=())
    worth: Worth | None = None
    origin: Origin | None = None

    @property
    def target_fps(self) -> float:
        """Positions per second that the spotter wants to see."""
        return self.preparation.target_fps

    @property
    def false_per_minute(self) -> dict[str, Any] | None:
        """False detections per minute to be expected at the thresholds, plain JSON types; None if unknown."""
        expected = None if self.worth is None else self.worth.rate(self.thresholds)
        if self.worth is None or expected is None:
            return None
        return {'expected': round(expected, 3), 'measured_on': self.worth.made_from}

    def describe(self, **settings: Any) -> dict[str, Any]:
        """The model as plain JSON types, with further settings of the run."""
        return {
            'name': self.name,
            'config': self.config,
            'checkpoint': self.checkpoint,
            'settings': {
                'crop_size': self.preparation.crop_size,
                'flow_method': self.preparation.flow_method,
                **settings,
                'post_processing': self.post_processing.to_dict(),
            },
        }
