"""A trained network as a spotter of videos."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from mmaction.registry import MODELS
from mmengine.config import Config
from mmengine.runner.checkpoint import load_checkpoint

from mmaction_mespot.apis.config_faults import config_faults
from mmaction_mespot.apis.runner_checks import check_checkpoint_exists, check_checkpoint_fits
from mmaction_mespot.engine.hooks.preparation_hook import PREPARATION, check_preparation
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.intervals.postprocess import PostProcessing, WindowCandidates
from mmaction_mespot.models.streaming.streaming_spotter import StreamingSpotter
from mmaction_mespot.models.streaming.window_settings import WindowSettings
from mmaction_mespot.preprocessing.preparation_settings import REFERENCE, PreparationSettings
from mmaction_mespot.spotting.model import SpotModel, SpotSession

DEFAULT_THRESHOLD = 0.5


@dataclass(frozen=True)
class NetworkOptions:
    """How a network runs.

    Attributes:
        device: Where.
        batch_size: Windows at once.
        amp: In half precision.
        thresholds: Smallest score by class name, over the network's own.
        stride: Positions between windows; None for the config's.
    """

    device: str = 'cpu'
    batch_size: int = 8
    amp: bool = False
    thresholds: Mapping[str, float] | None = None
    stride: int | None = None


class NetworkSession:
    """Gives the streaming network its streams by the names that it knows them by.

    Args:
        spotter: The network.
        settings: Its streams, and whether it was trained on flow without the head motion.
    """

    def __init__(self, spotter: StreamingSpotter, settings: WindowSettings) -> None:
        self._spotter, self._settings = spotter, settings

    def push(self, streams: Mapping[str, np.ndarray]) -> list[WindowCandidates]:
        """Take the next frame's streams; give the windows that it completes."""
        taken = {key: streams[stored] for key, stored in self._settings.streams.items()}
        if 'flow' in taken and not self._settings.remove_head_motion:
            taken['flow'] = taken['flow'] + streams['head_motion']
        return self._spotter.push(taken)

    def finish(self) -> list[WindowCandidates]:
        """Give the remaining windows."""
        return self._spotter.finish()


def load_network(
    name: str, cfg: Config, checkpoint: Path, options: NetworkOptions, notes: tuple[str, ...] = ()
) -> SpotModel:
    """Load a network with windows, streams, thresholds and merging as its config tests it.

    Args:
        name: What results call it.
        cfg: Its config.
        checkpoint: Its weights.
        options: How it runs.
        notes: What a user should know about it.

    Returns:
        The spotter.

    Raises:
        MESpotError: If the checkpoint does not belong to the config, or the config's test is of another kind.
    """
    check_checkpoint_exists(str(checkpoint))
    with config_faults(cfg.filename):
        settings = WindowSettings.from_config(cfg)
        network = MODELS.build(cfg.model)
    check_checkpoint_fits(network, str(checkpoint))
    loaded = load_checkpoint(network, str(checkpoint), map_location='cpu', logger='silent')
    trained_on = loaded.get('meta', {}).get(PREPARATION) or {}
    preparation = _preparation(cfg, tuple(settings.streams.values()), trained_on)
    found = {**vars(preparation), 'reference': REFERENCE}
    check_preparation(f'config {cfg.filename}', found, trained_on)
    network.eval()
    settings = replace(settings, stride=options.stride or settings.stride)
    post_processing = PostProcessing.from_dict(config_post_processing(cfg))
    if post_processing.fusion is not None:
        raise MESpotError(
            f'config {cfg.filename}: fusion with a dump is for prepared data sets, remove it here'
        )
    own = [float(value) for value in network.score_thresholds]
    if not np.isfinite(own).all():
        own = [DEFAULT_THRESHOLD] * len(CLASSES)
        notes += (f'{checkpoint} holds no score thresholds; {DEFAULT_THRESHOLD} is taken for both classes',)
    given = options.thresholds or {}

    def open_session(fps: float, gap: int, video_fps: float | None = None) -> SpotSession:
        spotter = StreamingSpotter(
            network,
            **settings.spotter_options(fps, video_fps),
            batch_size=options.batch_size,
            device=options.device,
            amp=options.amp,
        )
        return NetworkSession(spotter, settings)

    return SpotModel(
        name,
        preparation,
        (float(given.get(CLASSES[0], own[0])), float(given.get(CLASSES[1], own[1]))),
        post_processing,
        open_session,
        str(cfg.filename),
        str(checkpoint),
        notes,
    )


def config_post_processing(cfg: Config) -> Mapping[str, Any] | None:
    """Settings of the merging that the config's metric uses."""
    evaluators = cfg.get('test_evaluator') or []
    for evaluator in evaluators if isinstance(evaluators, list | tuple) else [evaluators]:
        if evaluator.get('post_processing') is not None:
            return evaluator.post_processing
    return None


def _preparation(cfg: Config, streams: tuple[str, ...], trained_on: Mapping[str, Any]) -> PreparationSettings:
    """How to prepare videos: as the config's ``preparation`` says, else the checkpoint, else the defaults."""
    of_training = {key: value for key, value in trained_on.items() if key != 'reference'}
    known = {**of_training, **(cfg.get('preparation') or {})}
    known.pop('streams', None)
    try:
        return PreparationSettings(streams=streams, **known)
    except (TypeError, ValueError) as error:
        raise MESpotError(f'config {cfg.filename}: preparation: {error}') from error
