from __future__ import annotations

import numpy as np
import pytest
import torch
from mmaction.registry import MODELS
from mmaction.structures import ActionDataSample
from mmengine.registry import init_default_scope

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.spotters.flow_spotter import FlowSpotter


class Halves(FlowSpotter):
    """Finds the first half of every video."""

    stream = 'flow_roi'

    def spot(self, flow: np.ndarray, fps: float, gap: int) -> Detections:
        return Detections(np.array([[0, len(flow) / 2]]), np.array([0.1 * fps / gap]), np.array([1]))


def sample(fps: float, gap: int) -> ActionDataSample:
    one = ActionDataSample()
    one.set_metainfo(dict(fps=fps, flow_gap=gap))
    return one


def test_videos_of_different_lengths_in_the_manner_of_a_network() -> None:
    spotter = Halves()
    data = dict(
        inputs=dict(flow=[torch.zeros(100, 14, 2), torch.zeros(60, 14, 2)]),
        data_samples=[sample(30.0, 10), sample(60.0, 10)],
    )
    first, second = spotter.test_step(data)
    assert first.pred_instances.segments.tolist() == [[0, 50]]
    assert second.pred_instances.segments.tolist() == [[0, 30]]
    assert second.pred_instances.scores.tolist() == pytest.approx([0.6])
    assert second.pred_instances.labels.tolist() == [1]
    assert first.score_thresholds is None


def test_thresholds_travel_with_the_state() -> None:
    spotter = Halves()
    spotter.load_state_dict({'score_thresholds': torch.tensor([0.5, 0.25])})
    (out,) = spotter(dict(flow=[torch.zeros(8, 14, 2)]), [sample(30.0, 4)], 'predict')
    assert out.score_thresholds == [0.5, 0.25]
    assert list(spotter.parameters()) == []


@pytest.mark.parametrize('mode', ['loss', 'tensor'])
def test_there_is_nothing_to_train(mode: str) -> None:
    with pytest.raises(MESpotError, match=f"Halves has nothing to train .* found mode '{mode}'"):
        Halves()(dict(flow=[torch.zeros(8, 14, 2)]), [sample(30.0, 4)], mode)


@pytest.mark.parametrize(
    ('name', 'stream'), [('OpticalFlowSpotter', 'flow_roi'), ('MDMDSpotter', 'flow_grid')]
)
def test_registered(name: str, stream: str) -> None:
    init_default_scope('mmaction')
    assert MODELS.build(dict(type=name)).stream == stream
