"""Shims for MMAction2 1.2.0 and MMEngine 0.10 on today's Python packages.

:func:`apply_early` runs at the top of ``mmaction_mespot/__init__.py`` and imports neither torch nor
MMEngine; :func:`apply_late` runs as soon as MMAction2 is imported (:mod:`mmaction_mespot.registration`),
before anything imports ``mmaction.models``. Each shim looks for its defect first and leaves a healthy
installation alone; each one says which version ends it. The loading of checkpoints, a topic of its own, is in
:mod:`mmaction_mespot.safe_loading`.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import sys
import types
import warnings
from collections.abc import Callable, Sequence
from importlib import metadata
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

_DRN = 'mmaction.models.localizers.drn'


def apply() -> list[str]:
    """Apply every shim whose defect is present.

    Returns:
        list[str]: Names of the shims that were needed, in order.
    """
    return apply_early() + apply_late()


def apply_early() -> list[str]:
    """Apply the shims that MMEngine and MMAction2 need before they are imported; returns as :func:`apply`."""
    from mmaction_mespot.bundled import provide_mmaction

    shims: dict[str, Callable[[], bool]] = {
        'mmaction': provide_mmaction,
        'find_loader': restore_find_loader,
        'drn': stub_missing_drn,
        'numpy': restore_numpy_names,
        'pkg_resources': provide_pkg_resources,
    }
    return [name for name, shim in shims.items() if shim()]


def apply_late() -> list[str]:
    """Apply the shims that import MMEngine and MMAction2 themselves; returns as :func:`apply`."""
    from mmaction_mespot.safe_loading import install_safe_loading
    from mmaction_mespot.whole_files_backend import install_whole_files

    shims: dict[str, Callable[[], bool]] = {
        'multimodal': switch_off_broken_multimodal,
        'safe_loading': install_safe_loading,
        'whole_files': install_whole_files,
    }
    applied = [name for name, shim in shims.items() if shim()]
    import_mmcv_quietly()
    return applied


def restore_find_loader() -> bool:
    """Give back ``pkgutil.find_loader``, by which MMEngine and mmcv look for compiled operators.

    Python 3.14 removed it. Ends with an MMEngine and an mmcv that use ``importlib.util.find_spec``.

    Returns:
        bool: Whether it was missing.
    """
    if hasattr(pkgutil, 'find_loader'):
        return False

    def find_loader(fullname: str) -> Any:
        """The loader of a module, None where there is none."""
        spec = importlib.util.find_spec(fullname)
        return spec.loader if spec is not None else None

    vars(pkgutil)['find_loader'] = find_loader
    return True


def stub_missing_drn() -> bool:
    """Give MMAction2 the module that its wheel forgot.

    ``mmaction/models/localizers/__init__.py`` of the 1.2.0 wheel imports ``.drn.drn``, a folder without an
    ``__init__.py`` that the wheel does not hold; so ``import mmaction.models`` fails. Ends with an
    MMAction2 wheel that holds the folder.

    Returns:
        bool: Whether the stub was needed.
    """
    package = importlib.util.find_spec('mmaction')
    if package is None or package.submodule_search_locations is None:
        raise ImportError('mmaction_mespot needs MMAction2')
    folder = Path(package.submodule_search_locations[0], 'models', 'localizers', 'drn')
    if (folder / 'drn.py').is_file() or _DRN in sys.modules:
        return False

    class DRN:
        """Stands for the localizer that is not in the wheel; it is not registered."""

        def __init__(self, *args: object, **kwargs: object) -> None:
            raise ImportError(
                'DRN is not part of the MMAction2 1.2.0 wheel; install MMAction2 from its source'
            )

    parent, module = types.ModuleType(_DRN), types.ModuleType(f'{_DRN}.drn')
    parent.__path__ = []
    parent.drn = module  # type: ignore[attr-defined]
    module.DRN = DRN  # type: ignore[attr-defined]
    sys.modules[_DRN], sys.modules[f'{_DRN}.drn'] = parent, module
    return True


def restore_numpy_names() -> bool:
    """Give back the numpy names that MMAction2 still calls.

    ``np.Inf`` (pose transforms, ``frame_extract``) went with numpy 2.0, ``np.trapz`` (AR@AN) and
    ``np.in1d`` (retrieval metric) with numpy 2.4. Ends with an MMAction2 that uses ``inf``, ``trapezoid``
    and ``isin``.

    Returns:
        bool: Whether a name was missing.
    """
    import numpy as np

    def in1d(ar1: Any, ar2: Any, **kwargs: Any) -> np.ndarray:
        """Flat form of ``np.isin``."""
        return np.isin(np.ravel(ar1), ar2, **kwargs)

    replacements = {'Inf': np.inf, 'trapz': getattr(np, 'trapezoid', None), 'in1d': in1d}
    missing = [name for name in replacements if not hasattr(np, name)]
    for name in missing:
        setattr(np, name, replacements[name])
    return bool(missing)


class _Distribution:
    """The part of pkg_resources' ``Distribution`` that MMEngine uses."""

    def __init__(self, name: str) -> None:
        self._distribution = metadata.distribution(name)
        module = (self._distribution.read_text('top_level.txt') or name).split()[0]
        spec = importlib.util.find_spec(module)
        if spec is not None and spec.origin is not None:  # right for editable installs too
            self.location = str(Path(spec.origin).parent.parent)
        else:
            self.location = str(self._distribution.locate_file(''))

    def has_metadata(self, name: str) -> bool:
        """Whether the distribution's folder holds the file ``name``."""
        return self._distribution.read_text(name) is not None

    def get_metadata(self, name: str) -> str:
        """Text of the file ``name`` in the distribution's folder."""
        return self._distribution.read_text(name) or ''


class _PkgResourcesFinder(MetaPathFinder, Loader):
    """Last resort for ``import pkg_resources``: asked only when no real one is installed."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(fullname, self) if fullname == 'pkg_resources' else None

    def exec_module(self, module: types.ModuleType) -> None:
        module.DistributionNotFound = metadata.PackageNotFoundError  # type: ignore[attr-defined]
        module.get_distribution = _Distribution  # type: ignore[attr-defined]


def provide_pkg_resources() -> bool:
    """Answer MMEngine's ``import pkg_resources`` from ``importlib.metadata``.

    MMEngine 0.10 resolves ``_base_ = 'mmaction::...'`` through ``pkg_resources``, which setuptools 82
    dropped. Ends with an MMEngine that uses ``importlib.metadata`` itself (0.10.7 does not).

    Returns:
        bool: Whether ``pkg_resources`` was missing.
    """
    if importlib.util.find_spec('pkg_resources') is not None:
        return False
    sys.meta_path.append(_PkgResourcesFinder())
    return True


def switch_off_broken_multimodal() -> bool:
    """Keep an installed ``transformers`` from breaking ``import mmaction.models``.

    MMAction2 imports its video-text models as soon as ``transformers`` is there; they need ``timm`` (which
    needs torchvision) and names that transformers dropped. Where those fail, MMAction2's own flag is
    switched off: the models become the placeholders that it registers anyway when ``transformers`` is
    absent. Ends with an MMAction2 that checks what it imports.

    Returns:
        bool: Whether the flag was switched off.
    """
    from mmaction.utils import dependency

    if not dependency.WITH_MULTIMODAL:
        return False
    try:
        importlib.import_module('timm.models.layers')
        modeling_utils = importlib.import_module('transformers.modeling_utils')
        healthy = hasattr(modeling_utils, 'apply_chunking_to_forward')
    except Exception:  # a broken torchvision raises RuntimeError, not only ImportError
        healthy = False
    dependency.WITH_MULTIMODAL = healthy
    return not healthy


def import_mmcv_quietly() -> None:
    """Import mmcv's transformer bricks without their warning that mmcv-lite has no compiled operators.

    Nothing of the plugin uses them; the warning would open every command's output. Other warnings pass.
    Ends with a switch to the full mmcv, which does not warn.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings('ignore', message='Fail to import ``MultiScaleDeformableAttention``')
        importlib.import_module('mmcv.cnn.bricks.transformer')
