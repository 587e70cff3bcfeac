"""Small networks and windows for the tests of the models."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import torch
from mmaction.registry import MODELS
from mmaction.structures import ActionDataSample
from mmengine.config import Config
from mmengine.structures import InstanceData
from torch import nn

import mmaction_mespot  # noqa: F401  (registers the components)

CONFIGS = Path(__file__).parents[2] / 'configs' / '_base_' / 'models'


@pytest.fixture(scope='session')
def model_config() -> Callable[[str], dict]:
    """Read the model of a config part."""

    def read(name: str) -> dict:
        return copy.deepcopy(Config.fromfile(CONFIGS / f'{name}.py').model)

    return read


@pytest.fixture
def lite(model_config: Callable[[str], dict]) -> nn.Module:
    """The lite network with fixed weights."""
    torch.manual_seed(0)
    return MODELS.build(model_config('mespot_lite'))


@pytest.fixture(scope='session')
def make_sample() -> Callable[..., ActionDataSample]:
    """Make the data sample of a window, with defaults for everything."""

    def make(
        segments: Sequence[Sequence[float]] = (), labels: Sequence[int] = (), **metainfo: object
    ) -> ActionDataSample:
        window = dict(video_id='s01_0101', window_start=0, frame_interval=1.0, total_frames=10_000, fps=30.0)
        sample = ActionDataSample(metainfo={**window, **metainfo})
        sample.gt_instances = InstanceData(
            segments=torch.tensor(segments, dtype=torch.float32).view(-1, 2),
            labels=torch.tensor(labels, dtype=torch.int64),
        )
        return sample

    return make
