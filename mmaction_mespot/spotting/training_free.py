"""The spotters that need no network: by candidate movements, by flow; nothing here needs torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from mmaction_mespot.intervals.detections import CLASSES, Detections
from mmaction_mespot.intervals.postprocess import PostProcessing
from mmaction_mespot.preprocessing.preparation_settings import PreparationSettings
from mmaction_mespot.spotters.flow_bumps import FlowBumps
from mmaction_mespot.spotters.movement import (
    MOVEMENT,
    MOVEMENT_STREAMS,
    RATES_FILE,
    MovementScorer,
    MovementSpotter,
)
from mmaction_mespot.spotters.rate_table import RateTable
from mmaction_mespot.spotting.flow_session import FlowSession
from mmaction_mespot.spotting.model import SpotModel

MOVEMENT_THRESHOLDS = (0.28, 0.36)
"""Thresholds of the movement spotter, chosen on people that its scorer did not see."""
FLOW = 'flow'
FLOW_THRESHOLDS = (0.891, 0.811)
"""Thresholds of the flow spotter: best F1 on the validation people of the synthetic benchmark."""
FLOW_PREPARATION: dict[str, Any] = {'crop_size': 112, 'flow_method': 'tvl1-fast'}
"""What these thresholds were chosen with."""


class StreamSpotter(Protocol):
    """A spotter that reads one stream of a video."""

    def spot(self, flow: np.ndarray, fps: float, gap: int) -> Detections:
        """Find the candidates of a stretch."""
        ...


def movement_rates() -> RateTable:
    """False detections per minute and probabilities of the shipped scorer."""
    return RateTable.read(RATES_FILE)


def movement_model(
    thresholds: Mapping[str, float] | None = None, scorer: MovementScorer | None = None
) -> SpotModel:
    """The spotter of candidate movements.

    Args:
        thresholds: Smallest score by class name, in place of its own. Defaults to None.
        scorer: The judge of the movements, whose scores nobody has measured yet. Defaults to None: the one
            that ships with the package.
    """
    spotter = MovementSpotter(scorer)
    preparation = PreparationSettings((MOVEMENT_STREAMS[0],), **FLOW_PREPARATION)
    given = dict(zip(CLASSES, MOVEMENT_THRESHOLDS, strict=True)) | dict(thresholds or {})

    def open_session(fps: float, gap: int, video_fps: float | None = None) -> FlowSession:
        return FlowSession(
            lambda streams: spotter.propose(streams, fps, gap, preparation.crop_size),
            MOVEMENT_STREAMS,
            fps,
            spotter.choose,
        )

    return SpotModel(
        MOVEMENT,
        preparation,
        (given[CLASSES[0]], given[CLASSES[1]]),
        PostProcessing(),
        open_session,
        notes=('the scorer of movements learnt from synthetic faces',),
        worth=movement_rates() if scorer is None else None,
    )


def flow_model(thresholds: Mapping[str, float] | None) -> SpotModel:
    """The flow spotter, with thresholds by class name in place of its own."""
    return stream_model(FLOW, FlowBumps(), 'flow_roi', FLOW_PREPARATION, thresholds)


def stream_model(
    name: str,
    spotter: StreamSpotter,
    stream: str,
    preparation: Mapping[str, Any],
    thresholds: Mapping[str, float] | None,
    config: str | None = None,
    notes: tuple[str, ...] = (),
    post_processing: PostProcessing | None = None,
) -> SpotModel:
    """A spotter without training.

    Args:
        name: What results call it.
        spotter: The spotter.
        stream: The stream that it reads.
        preparation: Fields of :class:`PreparationSettings`.
        thresholds: Smallest score by class name, in place of those of the flow spotter.
        config: Its config file, or None.
        notes: What a user should know about it.
        post_processing: Settings of the merging. Defaults to None: those of :class:`PostProcessing`.
    """
    own = dict(zip(CLASSES, FLOW_THRESHOLDS, strict=True)) | dict(thresholds or {})
    settings = {key: value for key, value in preparation.items() if key != 'streams'}

    def open_session(fps: float, gap: int, video_fps: float | None = None) -> FlowSession:
        return FlowSession(lambda streams: spotter.spot(streams[stream], fps, gap), (stream,), fps)

    return SpotModel(
        name,
        PreparationSettings((stream,), **settings),
        (own[CLASSES[0]], own[CLASSES[1]]),
        post_processing or PostProcessing(),
        open_session,
        config,
        None,
        notes,
    )
