import pytest
import torch
from torch import Tensor, nn

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.necks import BiFPN3D


def levels(lengths: tuple[int, ...], channels: tuple[int, ...], cells: tuple[int, ...]) -> list[Tensor]:
    return [torch.randn(2, c, t, s, s) for t, c, s in zip(lengths, channels, cells, strict=True)]


@pytest.mark.parametrize('repeats', [0, 1, 3])
@pytest.mark.parametrize('lengths', [(32, 16, 8, 4, 2), (50, 25, 13, 7, 4), (33, 17, 9, 5, 3)])
def test_shapes_of_the_levels(lengths: tuple[int, ...], repeats: int) -> None:
    neck = BiFPN3D((4, 6, 8), out_channels=8, num_repeats=repeats)
    out = neck(levels(lengths[:3], (4, 6, 8), (6, 3, 2)))
    assert [tuple(level.shape) for level in out] == [
        (2, 8, length, cells, cells) for length, cells in zip(lengths, (6, 3, 2, 1, 1), strict=True)
    ]


def test_a_node_computes_equation_1_and_every_input_counts() -> None:
    """With identity convolutions, constant levels give the fractions of equations (1) and (2)."""
    neck = BiFPN3D((1, 1, 1), 1, num_repeats=1, attention='none', epsilon=1e-4)
    neck.laterals = nn.ModuleList(nn.Identity() for _ in range(3))
    for node in neck.layers[0].nodes:
        node.conv = nn.Identity()
    p3, p4, p5, p6, p7 = neck(
        [torch.full((1, 1, 16 >> i, 1, 1), value) for i, value in enumerate((1.0, 2.0, 4.0))]
    )
    two, three = 2 + 1e-4, 3 + 1e-4
    in3, in4, in5, in6, in7 = 1.0, 2.0, 4.0, 4.0, 4.0  # P6, P7 are P5, pooled
    td6 = (in6 + in7) / two  # equation (1)
    td5 = (in5 + td6) / two
    td4 = (in4 + td5) / two
    out3 = (in3 + td4) / two
    out4 = (in4 + td4 + out3) / three
    out5 = (in5 + td5 + out4) / three
    out6 = (in6 + td6 + out5) / three  # equation (2)
    out7 = (in7 + out6) / two
    for level, expected in zip((p3, p4, p5, p6, p7), (out3, out4, out5, out6, out7), strict=True):
        torch.testing.assert_close(level, torch.full_like(level, expected))


@pytest.mark.parametrize(('attention', 'of_one'), [('se', 4 * 1 + 1 + 1 * 4 + 4), ('spatial', 2 * 27 + 1)])
def test_attention_weighs_each_input_of_each_node(attention: str, of_one: int) -> None:
    weighing, without = (
        BiFPN3D((4,), 4, num_levels=3, num_repeats=1, attention=a) for a in (attention, 'none')
    )
    inputs_of_nodes = 2 + 2 + 3 + 2
    count = [sum(p.numel() for p in neck.parameters()) for neck in (weighing, without)]
    assert count[0] - count[1] == inputs_of_nodes * of_one
    assert [tuple(level.shape) for level in weighing(levels((8,), (4,), (4,)))] == [
        (2, 4, 8, 4, 4),
        (2, 4, 4, 2, 2),
        (2, 4, 2, 1, 1),
    ]


@pytest.mark.parametrize('inputs', [1, 2, 4, 6])
def test_any_number_of_inputs_and_levels(inputs: int) -> None:
    channels = (3, 5, 4, 6, 2, 7)[:inputs]
    neck = BiFPN3D(channels, 4, num_levels=6, num_repeats=1)
    out = neck(levels((32, 16, 8, 4, 2, 1)[:inputs], channels, (4, 4, 2, 2, 1, 1)[:inputs]))
    assert [level.shape[2] for level in out] == [32, 16, 8, 4, 2, 1]


def test_bad_settings_and_inputs_are_errors() -> None:
    with pytest.raises(
        MESpotError, match=r"attention must be one of \('se', 'spatial', 'none'\), found 'cbam'"
    ):
        BiFPN3D((4,), 4, attention='cbam')
    with pytest.raises(MESpotError, match='num_levels=2 needs at least 2 levels and 1 to 2 inputs'):
        BiFPN3D((4, 4, 4), 4, num_levels=2)
    with pytest.raises(MESpotError, match='num_levels=1 needs at least 2 levels'):
        BiFPN3D((4,), 4, num_levels=1)
    with pytest.raises(MESpotError, match='takes 3 features, found 2'):
        BiFPN3D((4, 4, 4), 4)(levels((8, 4), (4, 4), (1, 1)))
