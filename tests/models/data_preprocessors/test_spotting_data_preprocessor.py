import pytest
import torch

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.data_preprocessors import SpottingDataPreprocessor


def test_each_stream_has_its_own_normalisation() -> None:
    preprocessor = SpottingDataPreprocessor(rgb_mean=(10, 20, 30), rgb_std=(1, 2, 4), flow_scale=0.5)
    rgb = torch.tensor([11, 24, 38], dtype=torch.uint8).view(3, 1, 1, 1).expand(3, 4, 2, 2)
    flow = torch.full((2, 4, 12, 12), 0.25, dtype=torch.float16)
    batch = preprocessor(dict(inputs=dict(rgb=[rgb, rgb], flow=[flow, flow]), data_samples=['a', 'b']))
    assert batch['inputs']['rgb'].shape == (2, 3, 4, 2, 2)
    assert batch['inputs']['rgb'][1, :, 0, 0, 0].tolist() == [1, 2, 2]
    assert batch['inputs']['flow'].shape == (2, 2, 4, 12, 12)
    assert batch['inputs']['flow'].dtype == torch.float32
    assert batch['inputs']['flow'].unique().item() == 0.5
    assert batch['data_samples'] == ['a', 'b']


def test_windows_without_samples_and_of_unequal_shape() -> None:
    preprocessor = SpottingDataPreprocessor()
    assert preprocessor(dict(inputs=dict(flow=torch.ones(1, 2, 4, 3, 3))))['data_samples'] is None
    with pytest.raises(MESpotError, match=r"stream 'flow'.*one shape"):
        preprocessor(dict(inputs=dict(flow=[torch.ones(2, 4, 3, 3), torch.ones(2, 5, 3, 3)])))


def test_the_scale_is_checked() -> None:
    with pytest.raises(MESpotError, match='flow_scale must be above 0, found 0'):
        SpottingDataPreprocessor(flow_scale=0)
