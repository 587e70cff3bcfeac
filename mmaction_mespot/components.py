"""Importing this module registers every component in the registries of MMAction2."""

from importlib import import_module

from mmaction.registry import INFERENCERS

from mmaction_mespot.spotters import REGISTERED
from mmaction_mespot.spotting.inferencer import SpottingInferencer

for _room in (
    'datasets',
    'models',
    'evaluation.metrics',
    'engine',
    'visualization',
    *(f'spotters.{module}' for module in REGISTERED),
):
    import_module(f'mmaction_mespot.{_room}')
# Here and not at the class, which needs torch for networks only.
for _name in ('SpottingInferencer', 'micro-expression-spotting'):
    INFERENCERS.register_module(name=_name, module=SpottingInferencer)
