from __future__ import annotations

import pytest
import torch
from mmaction.registry import MODELS

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.necks.sequence_necks import GranularityPerception, LocalAttention


@pytest.mark.parametrize('layer', ['attention', 'granularity'])
def test_pyramid_over_time(layer: str) -> None:
    neck = MODELS.build(dict(type='SequencePyramid', in_channels=4, out_channels=8, layer=layer))
    levels = neck([torch.randn(2, 4, 19, 3, 3), torch.randn(2, 4, 10, 3, 3)])
    assert [tuple(level.shape) for level in levels] == [(2, 8, n) for n in (19, 10, 5, 3, 2)]
    with pytest.raises(MESpotError, match="found 'lstm'"):
        MODELS.build(dict(type='SequencePyramid', in_channels=4, layer='lstm'))


def test_attention_stays_within_its_window() -> None:
    torch.manual_seed(0)
    layer = LocalAttention(8, heads=2, window=5).eval()
    sequence = torch.randn(1, 8, 20)
    changed = sequence.clone()
    changed[:, 0, 10] += 1
    difference = (layer(sequence) - layer(changed)).abs().sum(dim=1)[0]
    assert difference.nonzero().flatten().tolist() == [8, 9, 10, 11, 12]


def test_attention_of_equal_keys_is_the_mean_of_the_window() -> None:
    layer = LocalAttention(2, heads=1, window=3).eval()
    layer.norms[0] = torch.nn.Identity()
    layer.full = torch.nn.Conv1d(2, 2, 1)
    with torch.no_grad():
        layer.mix.weight.zero_()
        layer.mix.bias.zero_()
        layer.mix.weight[4:, :, 0] = torch.eye(2)  # the values are the input, queries and keys nothing
        layer.leave.weight[:, :, 0] = torch.eye(2)
        layer.leave.bias.zero_()
        layer.full.weight.zero_()
        layer.full.bias.zero_()
    sequence = torch.tensor([[[3.0, 0.0, 6.0], [0.0, 0.0, 9.0]]])
    expected = sequence + torch.tensor([[[1.5, 3.0, 3.0], [0.0, 3.0, 4.5]]])
    torch.testing.assert_close(layer(sequence), expected)


def test_granularity_by_hand() -> None:
    layer = GranularityPerception(1, kernel=1, factor=3).eval()
    layer.norms[0] = torch.nn.Identity()
    layer.full = torch.nn.Conv1d(1, 1, 1)
    with torch.no_grad():
        for module, weight in (
            (layer.narrow, 2.0),
            (layer.wide, 1.0),
            (layer.instant, 10.0),
            (layer.whole, 1.0),
        ):
            module.weight.fill_(weight)
            module.bias.zero_()
        layer.full.weight.zero_()
        layer.full.bias.zero_()
    # x = (1, 2, 3), mean 2: x + 10 x * 2 + 2 x * (1 + sum of three neighbours).
    expected = [1 + 20 + 2 * (1 + 3), 2 + 40 + 4 * (1 + 6), 3 + 60 + 6 * (1 + 5)]
    assert layer(torch.tensor([[[1.0, 2.0, 3.0]]])).flatten().tolist() == pytest.approx(expected)


def test_local_global_pyramid() -> None:
    features = [torch.randn(2, 4, 33, 3, 3)]
    neck = MODELS.build(dict(type='LocalGlobalPyramid', in_channels=4, out_channels=8))
    assert [level.shape[2] for level in neck(features)] == [33, 17, 9, 5]
    pooled = MODELS.build(dict(type='LocalGlobalPyramid', in_channels=4, out_channels=8, pools=2))
    assert [level.shape[2] for level in pooled(features)] == [9, 5, 3, 2]
    plain = MODELS.build(dict(type='LocalGlobalPyramid', in_channels=4, out_channels=8, attention=False))
    assert not [name for name, _ in plain.named_parameters() if name.startswith(('squeeze', 'local'))]
    with pytest.raises(MESpotError, match='found 3'):
        MODELS.build(dict(type='LocalGlobalPyramid', in_channels=4, pools=3))


def test_attention_weighs_the_finest_level() -> None:
    torch.manual_seed(0)
    neck = MODELS.build(dict(type='LocalGlobalPyramid', in_channels=4, out_channels=8))
    features = [torch.randn(1, 4, 16)]
    weighed = neck(features)
    squeeze, local, neck.squeeze = neck.squeeze, neck.local, None
    plain = neck(features)
    gate = squeeze(plain[0].mean(dim=2))[..., None] * (1 + local(plain[0]).sigmoid())
    torch.testing.assert_close(weighed[0], plain[0] * gate)
    torch.testing.assert_close(weighed[1], plain[1])
