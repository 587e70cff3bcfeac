import torch

from mmaction_mespot.models.layers import pad_same


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
