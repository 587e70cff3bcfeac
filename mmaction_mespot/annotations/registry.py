"""The data sets by name, each with its reader."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .annotation_error import AnnotationError
from .casme2 import read_casme2
from .casme3 import read_casme3
from .fourdme import read_fourdme
from .label_csv import read_labels
from .own import read_own
from .read_report import ReadReport
from .samm import read_samm
from .smic import read_smic

READERS: dict[str, Callable[..., tuple[dict[str, Any], ReadReport]]] = {
    'casme2': read_casme2,
    'samm': read_samm,
    'casme3': read_casme3,
    'smic': read_smic,
    'fourdme': read_fourdme,
    'own': read_own,
    'labels': read_labels,
}
"""Reader of each data set."""


def read_dataset(name: str, root: str | Path, **options: Any) -> tuple[dict[str, Any], ReadReport]:
    """Read a data set by its name.

    Args:
        name: A key of `READERS`.
        root: Folder of the download.
        **options: Options of its reader, such as ``offset_rule``; those that are None are left to it.

    Returns:
        The annotations (see ``schema.py``) and the report.

    Raises:
        AnnotationError: If the data set or an option is unknown, or what the reader raises.
    """
    if name not in READERS:
        raise AnnotationError('data set', [f'found {name!r}, expected one of {", ".join(READERS)}'])
    given = {option: value for option, value in options.items() if value is not None}
    known = [option for option in inspect.signature(READERS[name]).parameters if option != 'root']
    unknown = [option for option in given if option not in known]
    if unknown:
        raise AnnotationError(
            name,
            [f'does not know the option {option}, expected some of {", ".join(known)}' for option in unknown],
        )
    return READERS[name](root, **given)
