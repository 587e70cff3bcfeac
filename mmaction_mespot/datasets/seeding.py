"""Random draws that depend on a seed and an index alone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


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
