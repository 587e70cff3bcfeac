"""Spotters that ``tools/adapt.py`` adapted to somebody's own recordings: the file that ``--model`` takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES, Detections, WindowCandidates
from mmaction_mespot.spotters.proposals import Choose, choice_of, proposals_of
from mmaction_mespot.spotters.residual import Residual
from mmaction_mespot.spotting.model import SpotModel, SpotSession
from mmaction_mespot.study.calibration_file import read_adaptation

ENDING = '.json'


class AdaptedSession:
    """A session whose scores are corrected before anything is chosen by them.

    Args:
        session: That of the spotter as it was trained.
        residual: The correction.
        choose: How the spotter chooses among the proposals of a window.
        fps: Positions per second.
    """

    def __init__(self, session: SpotSession, residual: Residual, choose: Choose, fps: float) -> None:
        self._session, self._residual, self._choose, self._fps = session, residual, choose, fps

    def push(self, streams: Mapping[str, np.ndarray]) -> list[WindowCandidates]:
        """Take the next frame's streams; give the windows that it completes."""
        return [self._adapted(window) for window in self._session.push(streams)]

    def finish(self) -> list[WindowCandidates]:
        """Give the remaining windows."""
        return [self._adapted(window) for window in self._session.finish()]

    def _adapted(self, window: WindowCandidates) -> WindowCandidates:
        told = proposals_of(window, self._fps)
        found = told.detections
        if not len(found):
            return window
        scores = self._residual(found.scores, told.features)
        chosen = self._choose(Detections(found.segments, scores, found.labels))
        return WindowCandidates(chosen, window.start, window.end, told)


def load_adapted(
    path: Path, thresholds: Mapping[str, float] | None, load: Callable[[str, str | None], SpotModel]
) -> SpotModel:
    """Load the spotter of a file of ``tools/adapt.py``.

    Args:
        path: The file.
        thresholds: Smallest score by class name, over the file's own, or None.
        load: Loads the spotter that it was made for, by model and checkpoint.

    Raises:
        MESpotError: If it is no such file, or the spotter's weights have changed since.
    """
    adapted = read_adaptation(path)
    origin = adapted.origin
    base = load(origin.model, origin.checkpoint)
    own = dict(zip(CLASSES, adapted.calibration.thresholds, strict=True)) | dict(thresholds or {})
    known: dict[str, Any] = dict(
        name=path.stem,
        config=None,
        checkpoint=str(path.absolute()),
        thresholds=(own[CLASSES[0]], own[CLASSES[1]]),
        worth=adapted.calibration,
    )
    residual = adapted.residual
    if residual is None:
        return replace(base, **known)
    if base.origin is None or base.origin.sha256 != origin.sha256:
        raise MESpotError(
            f'{path}: was fitted to other weights of {origin.model!r} than are here; spot the reviewed '
            'videos again (tools/spot.py --redo), then tools/adapt.py --fine-tune'
        )

    def open_session(fps: float, gap: int, video_fps: float | None = None) -> SpotSession:
        return AdaptedSession(base.open_session(fps, gap, video_fps), residual, choice_of(origin), fps)

    return replace(base, **known, open_session=open_session)


def is_adapted(model: str | Path) -> bool:
    """Whether a name means a file of ``tools/adapt.py``."""
    return Path(model).suffix.lower() == ENDING
