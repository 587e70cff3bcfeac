"""Random draws that depend on the epoch only."""

from __future__ import annotations

import random

import numpy as np
import torch
from mmaction.registry import HOOKS
from mmengine.dist import get_rank
from mmengine.hooks import Hook
from mmengine.runner import Runner


@HOOKS.register_module()
class EpochSeedHook(Hook):
    """Seed the generators before every epoch of the training, from the run's seed, the epoch and the rank.

    A checkpoint does not hold the state of the generators. With this hook, dropout and the like draw the same
    numbers in an epoch whether or not the training was interrupted before it: a resumed run equals an
    undisturbed one. The seed is that of the config's ``randomness``.
    """

    # Before any other hook of the epoch draws a number.
    priority = 'VERY_HIGH'

    def before_train_epoch(self, runner: Runner) -> None:
        """Seed ``random``, ``numpy`` and ``torch`` on all devices."""
        entropy = [int(runner.seed), int(runner.epoch), get_rank()]
        seed = int(np.random.SeedSequence(entropy).generate_state(1)[0])
        random.seed(seed)
        np.random.seed(seed)
        torch.manual_seed(seed)
