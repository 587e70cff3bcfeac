"""Indices that tell one epoch from the next, and draws that depend on them alone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from mmaction.registry import DATA_SAMPLERS
from mmengine.dataset import DefaultSampler


@DATA_SAMPLERS.register_module()
class EpochSampler(DefaultSampler):
    """The toolbox's sampler with the epoch in each index: ``epoch * len(dataset) + i``.

    A :class:`LongVideoDataset` draws its training windows by that number. So every epoch has windows of its
    own, and they depend neither on the number of workers nor on whether the training was interrupted and
    resumed. It goes with a single data set: a wrapper such as ``ConcatDataset`` does not know indices beyond
    its length.
    """

    def __iter__(self) -> Iterator[int]:
        """Yield the epoch's indices, shuffled by seed and epoch."""
        offset = self.epoch * len(self.dataset)
        indices = super().__iter__()
        return (offset + index for index in indices)


@contextmanager
def seeded(seed: int, index: int) -> Iterator[None]:
    """Seed `random` and `numpy.random`, and put both back afterwards."""
    state, numpy_state = random.getstate(), np.random.get_state()
    first, second = np.random.SeedSequence((seed, index)).generate_state(2)
    random.seed(int(first))
    np.random.seed(int(second))
    try:
        yield
    finally:
        random.setstate(state)
        np.random.set_state(numpy_state)
