import pytest
import torch
from torch import Tensor

from mmaction_mespot.models.layers import resize_to


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
