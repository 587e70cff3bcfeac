"""Which folds a cross-validation has, and what a fold is."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mmaction_mespot.datasets.subject_selection import INNER_VAL_STEP
from mmaction_mespot.errors import MESpotError

LEAVE_ONE_OUT = 'loso'
OWN = 'own'
"""Thresholds from the training people's own detections, instead of from people who are not trained on."""


def plan_folds(
    subjects: Iterable[str],
    words: Sequence[str] = (LEAVE_ONE_OUT,),
    inner_split: str = str(INNER_VAL_STEP),
    trains: bool = True,
) -> list[Fold]:
    """Lay out the folds; equal arguments give equal folds, whatever the order of the people.

    Args:
        subjects: All people of the data set.
        words: ``loso`` for one fold per person, ``kfold=K`` for K folds (the i-th person, by name, belongs to
            fold i modulo K), or the people to leave out, one fold each.
        inner_split: ``N``: every N-th of a fold's other people chooses the thresholds and is not trained on,
            the first one included. ``own``: all others are trained on and choose the thresholds too.
            Defaults to '6'.
        trains: Whether the config has a training. If not, all others choose the thresholds.

    Returns:
        The folds, by name.

    Raises:
        MESpotError: If the words can't be understood, or somebody is missing for a fold.
    """
    known = sorted(set(subjects))
    step = _read_inner_split(inner_split)
    folds = []
    for name, test in _held_out(known, words):
        others = [subject for subject in known if subject not in test]
        if not trains or step is None:
            val, train = others, others if trains else []
        else:
            val = others[::step]
            train = [subject for subject in others if subject not in val]
        if not val or (trains and not train):
            raise MESpotError(
                f'fold {name}: {len(others)} other people ({", ".join(others) or "nobody"}) are too few for '
                f'training and thresholds with the inner split {inner_split!r}'
            )
        folds.append(Fold(name, tuple(test), tuple(val), tuple(train)))
    return folds


def _read_inner_split(text: str) -> int | None:
    """Every so many-th, or None for ``own``."""
    if text == OWN:
        return None
    if not text.isdigit() or int(text) < 2:
        raise MESpotError(f'inner split: found {text!r}, expected {OWN!r} or a whole number from 2')
    return int(text)


def _held_out(known: Sequence[str], words: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Name and people of each fold."""
    if list(words) == [LEAVE_ONE_OUT]:
        chosen = list(known)
    elif len(words) == 1 and (match := re.fullmatch(r'kfold=(\d+)', words[0])):
        count = int(match[1])
        if not 2 <= count <= len(known):
            raise MESpotError(f'folds: found {words[0]}, expected kfold=2 to kfold={len(known)} (the people)')
        return [(f'fold{i + 1:02d}', list(known[i::count])) for i in range(count)]
    else:
        chosen = sorted(set(words))
        unknown = [word for word in chosen if word not in known]
        if unknown or not chosen:
            raise MESpotError(
                f'folds: found {" ".join(unknown) or "nothing"}, expected {LEAVE_ONE_OUT}, kfold=K or some '
                f'of the people {", ".join(known)}'
            )
    for name in chosen:
        if os.sep in name or name.startswith('.'):
            raise MESpotError(f'folds: the person {name!r} cannot name a folder')
    return [(name, [name]) for name in chosen]


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
