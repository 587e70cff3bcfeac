"""Every component is registered by ``import mmaction_mespot``, yet torch and MMAction2 wait for their use.

In a process that uses MMEngine already, as one that reads ``custom_imports = dict(imports=[...])`` does, the
import registers at once. In any other the registries of MMAction2 get this package as one of their
``locations``, from which MMEngine imports before the first look-up; so the help of the commands does without.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from mmaction_mespot import compat

COMPONENTS = 'mmaction_mespot.components'
"""The module whose import registers everything."""


def register_when_used() -> None:
    """Register now where MMEngine is loaded, else as soon as MMAction2 is."""
    if 'mmengine' in sys.modules:
        compat.apply_late()
        import_module(COMPONENTS)
    elif not any(isinstance(finder, AfterImport) for finder in sys.meta_path):
        actions = {'mmaction': add_location, 'mmengine.runner.checkpoint': load_safely}
        sys.meta_path.insert(0, AfterImport(actions))


def add_location() -> None:
    """Mend MMAction2, and let each of its registries look for components here first."""
    from mmengine.registry import Registry

    compat.apply_late()
    for registry in vars(import_module('mmaction.registry')).values():
        if isinstance(registry, Registry) and COMPONENTS not in registry._locations:
            registry._locations.insert(0, COMPONENTS)


def load_safely() -> None:
    """Guard the loading of checkpoints, also where MMEngine is used without MMAction2."""
    from mmaction_mespot.safe_loading import install_safe_loading

    install_safe_loading()


class AfterImport(MetaPathFinder):
    """Calls a function once a module has been imported.

    Args:
        actions: Function by name of the module.
    """

    def __init__(self, actions: Mapping[str, Callable[[], None]]) -> None:
        self.actions = dict(actions)
        self._searching: set[str] = set()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Let the other finders find the module, and its loader call the function at the end."""
        if fullname not in self.actions or fullname in self._searching:
            return None
        self._searching.add(fullname)
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            self._searching.discard(fullname)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def execute_and_act(module: ModuleType) -> None:
            execute(module)
            self.actions[fullname]()

        vars(spec.loader)['exec_module'] = execute_and_act
        return spec
