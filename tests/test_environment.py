"""Environments of real users: a notebook's backend, no home, another encoding, an output nobody reads."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mmaction_mespot.environment import (
    keep_compiled_code,
    keep_list_of_fonts,
    printable,
    replace_missing_backend,
)

TOOLS = Path(__file__).parents[1] / 'tools'


@pytest.mark.parametrize(
    ('name', 'found'),
    [
        ('agg', True),
        ('TkAgg', True),
        ('notebook', True),
        ('module://matplotlib.backends.backend_svg', True),
        ('module://no_such_package.backend_inline', False),
        ('module://matplotlib.backends.backend_nowhere', False),
        ('nonsense', False),
        ('', True),
    ],
)
def test_a_backend_that_is_not_there_is_replaced(name: str, found: bool) -> None:
    variables = {'MPLBACKEND': name}
    assert replace_missing_backend(variables) == (None if found else name)
    assert variables == {'MPLBACKEND': name if found else 'agg'}


def test_matplotlib_can_be_imported_after_us() -> None:
    code = 'import mmaction_mespot, matplotlib; print(matplotlib.get_backend())'
    variables = {**os.environ, 'MPLBACKEND': 'module://no_such_package.backend_inline'}
    done = subprocess.run([sys.executable, '-c', code], env=variables, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, 'agg\n'), done.stderr


def test_compiled_code_is_kept_where_it_can_be(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from mmaction_mespot import environment

    for name in ('NUMBA_CACHE_DIR', 'MESPOT_CACHE', 'XDG_CACHE_HOME'):
        monkeypatch.setenv(name, '')
    monkeypatch.setattr(environment.tempfile, 'gettempdir', lambda: str(tmp_path))
    assert keep_compiled_code() is None  # numba's own places serve
    monkeypatch.setattr(environment, '_writable', lambda folder: tmp_path in folder.parents)
    private = keep_compiled_code()
    assert (
        private is not None and private.parent == tmp_path and os.environ['NUMBA_CACHE_DIR'] == str(private)
    )
    if os.name == 'posix':
        assert private.stat().st_mode & 0o777 == 0o700
        private.chmod(0o777)  # what others may write is not run
        monkeypatch.setenv('NUMBA_CACHE_DIR', '')
        assert keep_compiled_code() is None
    monkeypatch.setenv('MESPOT_CACHE', str(tmp_path / 'chosen'))
    assert keep_compiled_code() == tmp_path / 'chosen' / 'numba'


def test_the_list_of_fonts_is_kept_where_it_can_be(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from mmaction_mespot import environment

    for name in ('MPLCONFIGDIR', 'MESPOT_CACHE'):
        monkeypatch.setenv(name, '')
    for name in ('XDG_CONFIG_HOME', 'XDG_CACHE_HOME'):
        monkeypatch.setenv(name, str(tmp_path / 'home'))
    assert keep_list_of_fonts() is None  # matplotlib's own places serve
    (tmp_path / 'home').write_text('no folder')
    monkeypatch.setattr(environment.tempfile, 'gettempdir', lambda: str(tmp_path))
    private = keep_list_of_fonts()
    assert private is not None and private.parent.parent == tmp_path
    assert os.environ['MPLCONFIGDIR'] == str(private)
    monkeypatch.setenv('MPLCONFIGDIR', '')
    monkeypatch.setenv('MESPOT_CACHE', str(tmp_path / 'chosen'))
    assert keep_list_of_fonts() == tmp_path / 'chosen' / 'matplotlib'
    monkeypatch.setenv('MPLCONFIGDIR', '')
    monkeypatch.setenv('MESPOT_CACHE', str(tmp_path / 'home' / 'below a file'))
    assert keep_list_of_fonts() == private

    def no_place() -> str:
        raise FileNotFoundError('No usable temporary directory found')

    monkeypatch.setenv('MPLCONFIGDIR', '')
    monkeypatch.setattr(environment.tempfile, 'gettempdir', no_place)
    assert keep_list_of_fonts() is None


def test_a_folder_that_may_not_be_entered_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    from mmaction_mespot import environment

    def shut(*_: object, **__: object) -> None:
        raise PermissionError(13, 'Permission denied')

    monkeypatch.setattr(environment.os, 'stat', shut)
    assert not environment._writable(Path('/root/.config'))


@pytest.mark.parametrize(
    ('encoding', 'shown'), [('ascii', 'Z\\xfcrich'), ('cp1252', 'Zürich'), ('utf-8', 'Zürich')]
)
def test_letters_that_a_stream_lacks(encoding: str, shown: str) -> None:
    assert printable('Zürich', io.TextIOWrapper(io.BytesIO(), encoding)) == shown


def run_tool(code: str, **kwargs: object) -> subprocess.CompletedProcess[bytes]:
    program = (
        'import sys\nfrom pathlib import Path\nfrom mmaction_mespot.apis.command_line import run_command\n'
        f'def main():\n    {code}\n    Path(sys.argv[1]).touch()\nsys.exit(run_command(main))'
    )
    return subprocess.run([sys.executable, '-c', program, *kwargs.pop('arguments')], **kwargs)  # type: ignore[call-overload, misc]


@pytest.mark.parametrize('encoding', ['cp1252', 'ascii', 'ascii:strict'])
def test_a_name_that_cannot_be_printed_is_no_failure(encoding: str, tmp_path: Path) -> None:
    done = run_tool(
        "print('\\u5f20\\u4f1f \\udcff'); from rich.console import Console; Console().print('\\u5f20')",
        arguments=[str(tmp_path / 'written')],
        env={**os.environ, 'PYTHONIOENCODING': encoding},
        capture_output=True,
    )
    assert (done.returncode, done.stderr) == (0, b'')
    assert done.stdout.split() == [b'\\u5f20\\u4f1f', b'\\udcff', b'\\u5f20']
    assert (tmp_path / 'written').exists()


UNGUARDED = """
print('once')
import operator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from mmaction_mespot.environment import without_main
with ProcessPoolExecutor(2, get_context('spawn')) as pool, without_main():
    print([future.result() for future in [pool.submit(operator.add, 1, n) for n in range(3)]])
print(__file__)
"""


def test_a_script_without_a_guard_runs_once(tmp_path: Path) -> None:
    script = tmp_path / 'script.py'
    script.write_text(UNGUARDED)
    variables = {**os.environ, 'PYTHONPATH': str(Path(__file__).parents[1])}
    done = subprocess.run([sys.executable, str(script)], env=variables, capture_output=True, text=True)
    assert done.stderr == ''
    assert done.stdout.splitlines() == ['once', '[1, 2, 3]', str(script)]
