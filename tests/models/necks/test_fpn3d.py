import pytest
import torch
from torch import nn

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.necks import FPN3D


def test_levels_are_summed_from_coarse_to_fine() -> None:
    neck = FPN3D((1, 1, 1), 1)
    neck.laterals = nn.ModuleList(nn.Identity() for _ in range(3))
    neck.convs = nn.ModuleList(nn.Identity() for _ in range(5))
    out = neck([torch.full((1, 1, 16 >> i, 2, 2), value) for i, value in enumerate((1.0, 2.0, 4.0))])
    # P6, P7 are P5, pooled: 4 + 4 = 8 at P6, 4 + 8 at P5, and so on
    assert [level.unique().tolist() for level in out] == [[15.0], [14.0], [12.0], [8.0], [4.0]]
    assert [tuple(level.shape[2:]) for level in out] == [
        (16, 2, 2),
        (8, 2, 2),
        (4, 2, 2),
        (2, 1, 1),
        (1, 1, 1),
    ]


@pytest.mark.parametrize('lengths', [(32, 16, 8), (33, 17, 9)])
def test_one_width_and_a_convolution_of_its_own_for_each_level(lengths: tuple[int, ...]) -> None:
    neck = FPN3D((4, 6, 8), 5)
    features = [torch.randn(2, c, t, 3, 3) for c, t in zip((4, 6, 8), lengths, strict=True)]
    assert [level.shape[:3] for level in neck(features)] == [
        (2, 5, length) for length in (*lengths, -(-lengths[2] // 2), -(-lengths[2] // 4))
    ]
    assert len(neck.convs) == 5


def test_bad_settings_and_inputs_are_errors() -> None:
    with pytest.raises(MESpotError, match='FPN3D: num_levels=2 needs at least 2 levels and 1 to 2 inputs'):
        FPN3D((4, 4, 4), 4, num_levels=2)
    with pytest.raises(MESpotError, match='FPN3D takes 2 features, found 1'):
        FPN3D((4, 4), 4)([torch.zeros(1, 4, 8, 1, 1)])
