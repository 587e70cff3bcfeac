"""Importing this module registers every component in the registries of MMAction2."""

from importlib import import_module

for _room in (
    'datasets',
    'models',
    'evaluation.metrics',
    'engine',
    'visualization',
    'spotters',
    'spotting.inferencer',
):
    import_module(f'mmaction_mespot.{_room}')
