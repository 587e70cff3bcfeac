from __future__ import annotations

from collections.abc import Iterator

import pytest
from mmaction.registry import MODELS
from mmengine.config import Config
from torch import Tensor, nn

from mmaction_mespot.apis.complexity import PartComplexity, measure_complexity, window_shapes
from mmaction_mespot.errors import MESpotError


class OneConvolution(nn.Module):
    """Two output channels a convolution of 3 x 3 x 3 over 2 input channels, and a part without parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = nn.Conv3d(2, 4, 3, padding=1, bias=False)
        self.pool = nn.ReLU()

    def forward(self, inputs: dict[str, Tensor], mode: str) -> Tensor:
        return self.pool(self.backbone(inputs['flow']))


@pytest.fixture
def model_type() -> Iterator[str]:
    MODELS.register_module(module=OneConvolution)
    yield 'OneConvolution'
    MODELS.module_dict.pop('OneConvolution')


def config(pipeline: list[dict], **dataset: int) -> Config:
    return Config(
        dict(
            model=dict(type='OneConvolution'),
            test_dataloader=dict(
                dataset=dict(type='ConcatDataset', datasets=[dict(pipeline=pipeline, **dataset)])
            ),
        ),
    )


LOAD = dict(type='LoadStreams', streams=dict(rgb='rgb', flow='flow'))


def test_parts_and_whole_by_hand(model_type: str) -> None:
    cfg = config([LOAD, dict(type='StreamCenterCrop', size=10)], clip_len=8, context=2)
    assert window_shapes(cfg) == dict(rgb=(3, 12, 10, 10), flow=(2, 12, 10, 10))
    # 4 output channels, each 2 x 27 products at 12 x 10 x 10 places
    expected = 4 * 2 * 27 * 12 * 10 * 10 / 1e9
    backbone, whole = measure_complexity(cfg)
    assert backbone == PartComplexity('backbone', 4 * 2 * 27, pytest.approx(expected))
    assert whole == PartComplexity('whole', 4 * 2 * 27, pytest.approx(expected))
    assert measure_complexity(cfg, size=20)[1].gmacs == pytest.approx(4 * expected)


def test_the_grid_says_its_size() -> None:
    grid = dict(type='LoadStreams', streams=dict(flow='flow_grid'))
    assert window_shapes(config([grid], clip_len=8)) == dict(flow=(2, 8, 12, 12))


def test_what_cannot_be_known() -> None:
    with pytest.raises(MESpotError, match='crops nothing'):
        window_shapes(config([LOAD], clip_len=8))
    with pytest.raises(MESpotError, match='expected a test data set with clip_len and LoadStreams'):
        window_shapes(config([], clip_len=8))
