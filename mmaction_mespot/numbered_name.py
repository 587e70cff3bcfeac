"""Names that do not collide."""

from __future__ import annotations

from collections.abc import Callable


def numbered_name(stem: str, is_taken: Callable[[str], bool], suffix: str = '') -> str:
    """The first name that is free: ``stem + suffix``, then with ``_2``, ``_3`` after the stem."""
    name, number = f'{stem}{suffix}', 1
    while is_taken(name):
        number += 1
        name = f'{stem}_{number}{suffix}'
    return name
