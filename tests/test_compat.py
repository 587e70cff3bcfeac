"""Each shim against its defect, in a process of its own; where it is not there, the defect is made."""

import os
import subprocess
import sys
import types
from pathlib import Path

import mmaction
import pytest

import mmaction_mespot
from mmaction_mespot import compat

PACKAGE = Path(mmaction_mespot.__file__).parent
# The package without its __init__, which would apply every shim at once.
BARE = f"""
import importlib, sys, types
package = types.ModuleType('mmaction_mespot')
package.__path__ = [{str(PACKAGE)!r}]
sys.modules['mmaction_mespot'] = package
from mmaction_mespot import bundled, compat
bundled.provide_mmaction()
def fails(error, call):
    try:
        call()
    except error:
        return True
    return False
"""


def run_python(code: str, path: Path | None = None) -> subprocess.CompletedProcess:
    environment = os.environ | ({'PYTHONPATH': str(path)} if path else {})
    result = subprocess.run(
        [sys.executable, '-c', code],
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result


def test_import_is_quiet_and_mends_once():
    result = run_python('from mmaction_mespot import compat; print(compat.apply())')
    assert result.stdout == '[]\n'
    assert 'MultiScaleDeformableAttention' not in result.stderr


@pytest.mark.skipif(
    Path(mmaction.__file__).with_name('models').joinpath('localizers', 'drn', 'drn.py').is_file(),
    reason='this MMAction2 holds the module',
)
def test_missing_drn_is_stubbed():
    run_python(
        BARE
        + """
load = lambda: importlib.import_module('mmaction.models')
assert fails(ModuleNotFoundError, load)
assert compat.stub_missing_drn()
assert not compat.stub_missing_drn()
from mmaction.registry import MODELS
assert load().BMN is MODELS.get('BMN')
assert fails(ImportError, load().localizers.DRN)
"""
    )


def test_present_drn_is_left_alone(tmp_path):
    drn = tmp_path / 'mmaction' / 'models' / 'localizers' / 'drn'
    drn.mkdir(parents=True)
    (tmp_path / 'mmaction' / '__init__.py').touch()
    (drn / 'drn.py').touch()
    run_python(
        BARE + "assert not compat.stub_missing_drn()\nassert not any('drn' in m for m in sys.modules)",
        tmp_path,
    )


def test_removed_find_loader_comes_back():
    run_python(
        BARE
        + """
import pkgutil
vars(pkgutil).pop('find_loader', None)
assert compat.restore_find_loader()
assert not compat.restore_find_loader()
assert pkgutil.find_loader('json') is not None
assert pkgutil.find_loader('json.no_such_module') is None
from mmengine.utils.dl_utils.misc import mmcv_full_available
assert mmcv_full_available() == (importlib.util.find_spec('mmcv._ext') is not None)
"""
    )


def test_removed_numpy_names_come_back():
    run_python(
        BARE
        + """
import numpy as np
for name in ('Inf', 'trapz', 'in1d'):
    vars(np).pop(name, None)
if not hasattr(np, 'trapezoid'):  # numpy 1.26
    np.trapezoid = lambda y, x: float(((y[1:] + y[:-1]) / 2 * np.diff(x)).sum())
assert not any(hasattr(np, name) for name in ('Inf', 'trapz', 'in1d'))
assert compat.restore_numpy_names()
assert np.Inf == float('inf')
assert np.trapz(np.array([0., 1., 1.]), np.array([0., 2., 3.])) == 2.0
assert np.in1d([[1, 2], [3, 4]], [2, 3]).tolist() == [False, True, True, False]
assert np.in1d([1, 2], [2], invert=True).tolist() == [True, False]
assert not compat.restore_numpy_names()
"""
    )


def test_missing_pkg_resources_is_provided(tmp_path):
    config = tmp_path / 'config.py'
    config.write_text("_base_ = 'mmaction::_base_/default_runtime.py'")
    run_python(
        BARE
        + f"""
from importlib.machinery import PathFinder
class WithoutPkgResources(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name == 'pkg_resources' else super().find_spec(name, path, target)
sys.meta_path[sys.meta_path.index(PathFinder)] = WithoutPkgResources
from mmengine.config import Config
from mmengine.utils import get_installed_path, is_installed
load = lambda: Config.fromfile({str(config)!r})
assert fails(ModuleNotFoundError, load)
assert compat.provide_pkg_resources()
assert not compat.provide_pkg_resources()
assert load().default_scope == 'mmaction'
assert get_installed_path('mmaction2') == {str(Path(mmaction.__file__).parent)!r}
assert is_installed('mmcv-lite') and not is_installed('no_such_package')
import pkg_resources
assert pkg_resources.get_distribution('mmaction2').has_metadata('METADATA')
"""
    )


def test_present_pkg_resources_is_left_alone(monkeypatch):
    monkeypatch.setattr(compat.importlib.util, 'find_spec', lambda name: object())
    before = list(sys.meta_path)
    assert not compat.provide_pkg_resources()
    assert sys.meta_path == before


def test_transformers_without_timm_does_not_break_the_import(tmp_path):
    (tmp_path / 'transformers').mkdir()
    (tmp_path / 'transformers' / '__init__.py').touch()
    metadata = tmp_path / 'transformers-4.57.0.dist-info' / 'METADATA'
    metadata.parent.mkdir()
    metadata.write_text('Metadata-Version: 2.1\nName: transformers\nVersion: 4.57.0\n')
    run_python(
        BARE
        + """
compat.stub_missing_drn()
load = lambda: importlib.import_module('mmaction.models')
assert fails(ImportError, load)
assert compat.switch_off_broken_multimodal()
assert not compat.switch_off_broken_multimodal()
from mmaction.registry import MODELS
assert 'BMN' in MODELS and load()
assert fails(ImportError, lambda: MODELS.build(dict(type='VindLUVQA')))
""",
        tmp_path,
    )


def test_working_transformers_stay_on(monkeypatch):
    from mmaction.utils import dependency

    modeling_utils = types.ModuleType('transformers.modeling_utils')
    modeling_utils.apply_chunking_to_forward = None
    monkeypatch.setattr(dependency, 'WITH_MULTIMODAL', True)
    for name in ('timm', 'timm.models', 'timm.models.layers', 'transformers'):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.setitem(sys.modules, 'transformers.modeling_utils', modeling_utils)
    assert not compat.switch_off_broken_multimodal()
    assert dependency.WITH_MULTIMODAL
