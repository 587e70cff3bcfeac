"""Spotting of facial macro- and micro-expressions in long videos: a plugin of MMAction2.

``import mmaction_mespot as mespot`` gives the names of `__all__`, each imported when it is first asked for:
scoring, labels and stores do without torch.

Importing the package mends what is broken in the installation (:mod:`mmaction_mespot.compat`) or named by the
environment without being there (:mod:`mmaction_mespot.environment`), lets Ctrl-C end our tools quietly
(:mod:`mmaction_mespot.interrupts`), and sees to it that every component is
registered where MMEngine or MMAction2 are used (:mod:`mmaction_mespot.registration`).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mmaction_mespot.interrupts import end_imports_at_interrupts

end_imports_at_interrupts()  # before anything that takes time

from mmaction_mespot import compat, environment, registration  # noqa: E402
from mmaction_mespot.version import __version__  # noqa: E402

if TYPE_CHECKING:
    from mmaction_mespot.annotations.registry import read_dataset
    from mmaction_mespot.errors import MESpotError
    from mmaction_mespot.evaluation.functional.evaluate_spotting import evaluate_spotting
    from mmaction_mespot.preprocessing.store.store_reader import StreamReader as StoreReader
    from mmaction_mespot.spotting.inferencer import SpottingInferencer
    from mmaction_mespot.spotting.result import Interval, Spotting

MISSING_BACKEND = environment.replace_missing_backend()
"""What ``MPLBACKEND`` named where that is not installed, else None."""
environment.keep_list_of_fonts()
compat.apply_early()
registration.register_when_used()

__all__ = [
    'Interval',
    'MESpotError',
    'Spotting',
    'SpottingInferencer',
    'StoreReader',
    '__version__',
    'evaluate_spotting',
    'read_dataset',
]

_PLACES = {
    'Interval': ('spotting.result', 'Interval'),
    'MESpotError': ('errors', 'MESpotError'),
    'Spotting': ('spotting.result', 'Spotting'),
    'SpottingInferencer': ('spotting.inferencer', 'SpottingInferencer'),
    'StoreReader': ('preprocessing.store.store_reader', 'StreamReader'),
    'evaluate_spotting': ('evaluation.functional.evaluate_spotting', 'evaluate_spotting'),
    'read_dataset': ('annotations.registry', 'read_dataset'),
}


def __getattr__(name: str) -> Any:
    """Import a name of the front door when it is first asked for."""
    if name not in _PLACES:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    module, attribute = _PLACES[name]
    value = getattr(import_module(f'{__name__}.{module}'), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
