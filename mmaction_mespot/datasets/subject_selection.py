"""Which people of a data set belong to training, validation or test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mmaction_mespot.errors import MESpotError

INNER_VAL_STEP = 6
"""In a fold, every so many-th of the other people serve the choice of thresholds, the first one included."""


def select_subjects(
    subjects: Iterable[str],
    origin: str,
    splits: Mapping[str, Sequence[str]] | None = None,
    split: str | None = None,
    fold: str | None = None,
    include: str | Sequence[str] | None = None,
    exclude: str | Sequence[str] | None = None,
) -> list[str]:
    """Choose people.

    Args:
        subjects: All people of the data set.
        origin: The annotation file, for messages.
        splits: The data set's own splits: people by the name of the split.
        split: Name of a split. With ``fold`` it is one of ``train``, ``val``, ``test``. None takes everybody.
        fold: The person that is left out for the test (leave one subject out). Every 6th of the others is the
            ``val`` split (thresholds are never chosen on the held-out person), the rest is ``train``.
        include: Only these people of the split.
        exclude: Not these people.

    Returns:
        The chosen people, sorted.

    Raises:
        MESpotError: If a split or a person is unknown, or nobody is left.
    """
    known = sorted(set(subjects))
    chosen = known
    if fold is not None:
        _check_known([fold], known, 'fold', origin)
        others = [subject for subject in known if subject != fold]
        val = others[::INNER_VAL_STEP]
        splits = {'train': [s for s in others if s not in val], 'val': val, 'test': [fold]}
    if split is not None:
        if not splits or split not in splits:
            found = ', '.join(splits) if splits else 'no splits (give a fold, or include_subjects)'
            raise MESpotError(f'{origin}: found {found}, expected a split {split!r}')
        chosen = [subject for subject in known if subject in splits[split]]
    elif fold is not None:
        raise MESpotError(f'{origin}: fold={fold!r} needs a split (train, val or test), found None')
    if include is not None:
        wanted = [include] if isinstance(include, str) else list(include)
        _check_known(wanted, known, 'include_subjects', origin)
        chosen = [subject for subject in chosen if subject in wanted]
    if exclude is not None:
        unwanted = [exclude] if isinstance(exclude, str) else list(exclude)
        _check_known(unwanted, known, 'exclude_subjects', origin)
        chosen = [subject for subject in chosen if subject not in unwanted]
    if not chosen:
        raise MESpotError(
            f'{origin}: nobody is left with split={split!r}, fold={fold!r}, include_subjects={include!r}, '
            f'exclude_subjects={exclude!r}; the data set has {", ".join(known) or "no videos"}'
        )
    return chosen


def _check_known(names: Sequence[str], known: Sequence[str], option: str, origin: str) -> None:
    unknown = [name for name in names if name not in known]
    if unknown:
        raise MESpotError(
            f'{origin}: {option} names {", ".join(unknown)}, expected some of {", ".join(known)}'
        )
