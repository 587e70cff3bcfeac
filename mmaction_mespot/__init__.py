"""Spotting of facial macro- and micro-expressions in long videos: a plugin of MMAction2.

Importing the package mends what is broken in the installation (:mod:`mmaction_mespot.compat`), then
registers every component.
"""

from importlib import import_module

from mmaction_mespot import compat
from mmaction_mespot.version import __version__

compat.apply()
for _room in ('datasets', 'models', 'evaluation.metrics', 'engine', 'visualization', 'spotters', 'apis'):
    import_module(f'{__name__}.{_room}')

__all__ = ['__version__']
