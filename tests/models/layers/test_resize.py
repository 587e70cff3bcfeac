import pytest
import torch
from torch import Tensor

from mmaction_mespot.models.layers import pad_same, resize_to


def sequence(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float32).view(1, 1, -1, 1, 1)


def test_growing_repeats_and_shrinking_takes_the_maximum() -> None:
    assert resize_to(sequence(1, 2), (4, 1, 1)).flatten().tolist() == [1, 1, 2, 2]
    assert resize_to(sequence(1, 5, 2, 3), (2, 1, 1)).flatten().tolist() == [5, 3]


def test_odd_lengths() -> None:
    assert resize_to(sequence(1, 2, 3), (5, 1, 1)).flatten().tolist() == [1, 1, 2, 2, 3]
    assert resize_to(sequence(1, 9, 2, 3, 4), (3, 1, 1)).flatten().tolist() == [9, 9, 4]


@pytest.mark.parametrize('size', [(8, 3, 3), (4, 6, 6), (3, 1, 5), (6, 3, 3)])
def test_each_dimension_goes_its_own_way(size: tuple[int, int, int]) -> None:
    assert resize_to(torch.randn(2, 3, 6, 3, 3), size).shape == (2, 3, *size)


def test_the_smaller_half_comes_in_front() -> None:
    feature = torch.ones(1, 1, 4, 5, 6)
    # T: (2 - 1) 2 + 7 - 4 = 5; H: (3 - 1) 2 + 7 - 5 = 6; W: (3 - 1) 2 + 7 - 6 = 5
    padded = pad_same(feature, (7, 7, 7), (2, 2, 2))
    assert padded.shape == (1, 1, 9, 11, 11)
    assert padded[0, 0, :, 4, 4].tolist() == [0, 0, 1, 1, 1, 1, 0, 0, 0]
    assert padded[0, 0, 4, :, 4].tolist() == [0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0]


def test_what_fits_is_left_alone() -> None:
    feature = torch.ones(1, 1, 4, 6, 2)
    assert pad_same(feature, (1, 2, 2), (1, 2, 2)) is feature
    # a stride beyond the kernel needs nothing either
    assert pad_same(feature, (1, 1, 1), (2, 2, 2)) is feature
