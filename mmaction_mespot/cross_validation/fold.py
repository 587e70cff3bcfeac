"""One fold: who is tested, who chooses the thresholds, who is trained on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fold:
    """The people of one fold.

    Attributes:
        name: Name of the fold and of its folder: the person that is left out, or ``fold01`` and so on.
        test: The people that are held out. Nothing but the score comes from them.
        val: The people on whose videos the score thresholds are chosen.
        train: The people of the training; empty where nothing is trained.
    """

    name: str
    test: tuple[str, ...]
    val: tuple[str, ...]
    train: tuple[str, ...]
