from __future__ import annotations

from mmaction_mespot.datasets import EpochSampler


def test_indices_tell_the_epoch() -> None:
    sampler = EpochSampler(range(5), shuffle=True, seed=3)
    first = list(sampler)
    sampler.set_epoch(2)
    third = list(sampler)
    assert sorted(first) == [0, 1, 2, 3, 4]
    assert sorted(third) == [10, 11, 12, 13, 14]
    assert [index % 5 for index in third] != first
    assert list(sampler) == third
