from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from mmaction_mespot.atomic_file import write_json
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import Detections, Proposals, WindowCandidates
from mmaction_mespot.spotters.movement import best_movements
from mmaction_mespot.spotters.residual import Residual
from mmaction_mespot.spotting.adapted import AdaptedSession
from mmaction_mespot.spotting.loading import load_spot_model
from mmaction_mespot.spotting.model import SpotModel


class Session:
    """Two proposals that overlap, of which the first one is found."""

    def push(self, streams: Mapping[str, np.ndarray]) -> list[WindowCandidates]:
        return []

    def finish(self) -> list[WindowCandidates]:
        told = Detections([[0, 30], [5, 30]], [0.8, 0.6], [0, 0])
        return [WindowCandidates(told[:1], 0, 60, Proposals(told, np.array([[0.0], [1.0]])))]


def test_scores_are_corrected_before_the_choice() -> None:
    residual = Residual(np.zeros(2), np.ones(2), np.array([0.0, 4.0]), 0.0)
    session = AdaptedSession(Session(), residual, best_movements, 30.0)
    assert session.push({}) == []
    (window,) = session.finish()
    assert window.detections.segments.tolist() == [[5, 30]]
    assert window.detections.scores == pytest.approx([0.9879], abs=1e-4)
    assert window.proposals is not None  # with the scores as they were
    assert window.proposals.detections.scores.tolist() == [0.8, 0.6]


def adaptation(path: Path, model: SpotModel, features: int, offset: float) -> Path:
    """A file that adds `offset` to every logit."""
    count = 1 + features
    residual = Residual(np.zeros(count), np.ones(count), np.zeros(count), offset)
    pair = {'MaE': 0.25, 'ME': 0.35}
    content = dict(format='mmaction_mespot.calibration', version=1, model=model.name, thresholds=pair)
    content |= dict(slopes=pair, offsets=pair, residual=residual.to_dict())
    content |= dict(gain=dict(reviewed_minutes=20.0, after=dict(false_per_min=1.5)))
    assert model.origin is not None
    write_json({**content, 'origin': asdict(model.origin)}, path)
    return path


def streams(frames: int) -> list[dict[str, np.ndarray]]:
    """A still face whose brows rise and fall by a pixel and a half, once."""
    flow = np.zeros((frames, 14, 2), np.float32)
    flow[40:50, :6, 1], flow[70:80, :6, 1] = 0.6, -0.6
    shape = np.tile(np.random.default_rng(0).uniform(20, 90, (1, 67, 3)), (frames, 1, 1))
    return [
        dict(flow_roi=flow[i], head_motion=np.zeros(2, np.float32), face_shape=shape[i])
        for i in range(frames)
    ]


def found_by(model: SpotModel) -> WindowCandidates:
    session = model.open_session(30.0, 4)
    for entry in streams(120):
        assert session.push(entry) == []
    (window,) = session.finish()
    return window


def test_the_spotter_of_movements_is_adapted(tmp_path: Path) -> None:
    model = load_spot_model('movement')
    before = found_by(model)
    assert before.proposals is not None and len(before.detections)
    features = before.proposals.features.shape[1]
    same = load_spot_model(str(adaptation(tmp_path / 'same.json', model, features, 0.0)))
    assert same.thresholds == (0.25, 0.35)
    assert same.false_per_minute is not None and same.false_per_minute['expected'] == 1.5
    again = found_by(same)
    assert again.detections.segments.tolist() == before.detections.segments.tolist()
    assert again.detections.scores == pytest.approx(before.detections.scores)
    higher = found_by(load_spot_model(str(adaptation(tmp_path / 'higher.json', model, features, 2.0))))
    top = before.detections.scores[0]
    assert higher.detections.scores[0] == pytest.approx(1 / (1 + (1 / top - 1) * np.exp(-2)))


def test_an_adapted_spotter_takes_no_checkpoint(tmp_path: Path) -> None:
    path = adaptation(tmp_path / 'a.json', load_spot_model('flow'), 3, 0.0)
    with pytest.raises(MESpotError, match='says itself which weights it takes'):
        load_spot_model(str(path), 'x.pth')
    assert load_spot_model(str(path)).name == 'a'
