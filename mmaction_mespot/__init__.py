"""Spotting of facial macro- and micro-expressions in long videos: a plugin of MMAction2.

Importing the package mends what is broken in the installation (:mod:`mmaction_mespot.compat`) and sees to it
that every component is registered where MMEngine or MMAction2 are used (:mod:`mmaction_mespot.registration`).
"""

from mmaction_mespot import compat, registration
from mmaction_mespot.version import __version__

compat.apply_early()
registration.register_when_used()

__all__ = ['__version__']
