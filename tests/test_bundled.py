"""Which MMAction2 is imported, by what is installed; each case in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import mmaction_mespot
from mmaction_mespot.bundled import VERSION

# The module alone, on a path where nothing is installed.
_HEAD = f"""
import importlib.util, sys
sys.path[:] = [p for p in sys.path if not ('site-packages' in p or 'third_party' in p)]
sys.meta_path[:] = [f for f in sys.meta_path if 'Editable' not in getattr(f, '__name__', '')]
spec = importlib.util.spec_from_file_location(
    'bundled', {str(Path(mmaction_mespot.__file__).with_name('bundled.py'))!r}
)
bundled = importlib.util.module_from_spec(spec)
spec.loader.exec_module(bundled)
from pathlib import Path
"""


def _run(code: str) -> list[str]:
    command = [sys.executable, '-I', '-c', _HEAD + code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def _put_mmaction(folder: Path, version: str | None = VERSION) -> Path:
    """A made-up MMAction2 that says where it lies; without a version it is a clone."""
    (folder / 'mmaction').mkdir(parents=True)
    (folder / 'mmaction' / '__init__.py').touch()
    if version is not None:
        metadata = folder / f'mmaction2-{version}.dist-info' / 'METADATA'
        metadata.parent.mkdir()
        metadata.write_text(f'Metadata-Version: 2.1\nName: mmaction2\nVersion: {version}\n')
    return folder


def test_the_bundled_one_where_none_is_installed(tmp_path: Path) -> None:
    bundle = _put_mmaction(tmp_path / 'third_party')
    code = f"""
import types
entries = []
working_set = types.SimpleNamespace(add_entry=entries.append)
sys.modules['pkg_resources'] = types.SimpleNamespace(working_set=working_set)  # imported before, by others
bundled.FOLDER = Path({str(bundle)!r})
assert bundled.provide_mmaction()
assert not bundled.provide_mmaction()
import mmaction
from importlib.metadata import version
print(mmaction.__file__, version('mmaction2'), *entries)
"""
    assert _run(code) == [f'{bundle / "mmaction" / "__init__.py"} {VERSION} {bundle}']


@pytest.mark.parametrize('version', [VERSION, None])
def test_an_installed_one_goes_first(version: str | None, tmp_path: Path) -> None:
    bundle, own = _put_mmaction(tmp_path / 'third_party'), _put_mmaction(tmp_path / 'own', version)
    code = f"""
bundled.FOLDER = Path({str(bundle)!r})
sys.path.append({str(own)!r})
assert not bundled.provide_mmaction()
import mmaction
print(mmaction.__file__)
"""
    assert _run(code) == [str(own / 'mmaction' / '__init__.py')]


def test_another_version_and_none(tmp_path: Path) -> None:
    code = f"""
for folder in ('', {str(_put_mmaction(tmp_path, '1.1.0'))!r}):
    bundled.FOLDER = Path({str(tmp_path / 'nothing')!r})
    sys.path.append(folder)
    try:
        bundled.provide_mmaction()
    except ImportError as error:
        print(error)
"""
    none, other = _run(code)
    assert none.startswith('no MMAction2: none is installed, and')
    assert other.startswith('MMAction2 1.1.0 is installed, mmaction_mespot needs 1.2.0: run pip uninstall')
