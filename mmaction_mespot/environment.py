"""What surrounds the package and trips others: variables, folders, outputs and the script that imports it."""

from __future__ import annotations

import importlib.util
import os
import stat
import sys
import tempfile
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import IO

BACKEND_VARIABLE = 'MPLBACKEND'
CACHE_VARIABLE = 'MESPOT_CACHE'
NUMBA_VARIABLE = 'NUMBA_CACHE_DIR'
MATPLOTLIB_VARIABLE = 'MPLCONFIGDIR'


def replace_missing_backend(variables: MutableMapping[str, str] | None = None) -> str | None:
    """Let matplotlib draw into files where ``MPLBACKEND`` names a backend that is not installed here.

    A notebook hands its ``module://matplotlib_inline.backend_inline`` down to every command that is run from
    it, also into an environment without that module, where importing matplotlib fails.

    Args:
        variables: The environment. Defaults to None: that of this process.

    Returns:
        The name that was replaced by ``agg``, or None.
    """
    variables = os.environ if variables is None else variables
    name = variables.get(BACKEND_VARIABLE, '')
    if not name or _has_backend(name):
        return None
    variables[BACKEND_VARIABLE] = 'agg'
    return name


def _has_backend(name: str) -> bool:
    """Whether matplotlib would find a backend; matplotlib itself is not imported, since that may fail."""
    if name.startswith('module://'):
        return _has_module(name.removeprefix('module://'))
    if name.lower() in ('notebook', 'auto') or _has_module(f'matplotlib.backends.backend_{name.lower()}'):
        return True
    return any(point.name == name for point in metadata.entry_points(group='matplotlib.backend'))


def _has_module(name: str) -> bool:
    """Whether there is a module, without importing its parents."""
    top, *inner = name.split('.')
    try:
        spec = importlib.util.find_spec(top)
    except ValueError:  # an empty name
        return False
    if spec is None or not inner:
        return spec is not None
    for folder in spec.submodule_search_locations or ():
        place = Path(folder, *inner)
        if place.is_dir() or any(place.parent.glob(f'{place.name}.*')):
            return True
    return False


def keep_compiled_code() -> Path | None:
    """Tell numba where to keep what it compiles, where its own places can't be written to.

    numba keeps it beside the source or below the home folder; where neither can be written, as in an
    installation of another user without a home, importing a cached function fails.

    Returns:
        The folder in ``NUMBA_CACHE_DIR``: ``numba`` in ``MESPOT_CACHE``, else a folder of this user among the
        temporary files; None where numba's own choice serves.
    """
    if os.environ.get(NUMBA_VARIABLE):
        return Path(os.environ[NUMBA_VARIABLE])
    chosen = _chosen_cache()
    if chosen is None and (_writable(Path(__file__).parent) or _writable(_home_cache())):
        return None
    folder = chosen / 'numba' if chosen else _private_folder()
    if folder is not None:
        os.environ[NUMBA_VARIABLE] = str(folder)
    return folder


def keep_list_of_fonts() -> Path | None:
    """Tell matplotlib where to keep its list of fonts, where it can't be kept below the home folder.

    matplotlib would warn of it, and make the list anew in every process.

    Returns:
        The folder in ``MPLCONFIGDIR``: ``matplotlib`` in ``MESPOT_CACHE``, else in a folder of this user
        among the temporary files; None where matplotlib's own choice serves, or nothing can be written.
    """
    if os.environ.get(MATPLOTLIB_VARIABLE):
        return Path(os.environ[MATPLOTLIB_VARIABLE])
    homes = (_home_folder('XDG_CONFIG_HOME', '.config'), _home_cache())
    if all(_writable(home / 'matplotlib') for home in homes):
        return None
    base = _chosen_cache() or _private_folder()
    if base is None:
        return None
    os.environ[MATPLOTLIB_VARIABLE] = str(base / 'matplotlib')
    return base / 'matplotlib'


def _chosen_cache() -> Path | None:
    """The folder in ``MESPOT_CACHE``, if files can be made in it."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen) if chosen and _writable(Path(chosen)) else None


def _home_cache() -> Path:
    return _home_folder('XDG_CACHE_HOME', '.cache')


def _home_folder(variable: str, name: str) -> Path:
    base = os.environ.get(variable)
    try:
        return Path(base) if base else Path.home() / name
    except RuntimeError:  # no home at all
        return Path(os.devnull)


def _writable(folder: Path) -> bool:
    """Whether files can be made in a folder, or in the one that would be made."""
    # os.path answers where the methods of Path raise: below a folder that this user may not enter.
    while not os.path.exists(folder) and folder != folder.parent:
        folder = folder.parent
    return os.path.isdir(folder) and os.access(folder, os.W_OK | os.X_OK)


def _private_folder() -> Path | None:
    """A folder that this user alone can write: what lies in it is run as code."""
    user = os.getuid() if hasattr(os, 'getuid') else ''
    try:
        folder = Path(tempfile.gettempdir(), f'mespot-{user}')
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
    except OSError:
        return None
    mine = not hasattr(os, 'getuid') or status.st_uid == os.getuid()
    shut = os.name == 'nt' or not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return folder if stat.S_ISDIR(status.st_mode) and mine and shut else None


def explain_import(error: ImportError) -> str:
    """Say in a line what is missing, and what helps.

    OpenCV's wheel needs two libraries of the system that images without a desktop lack.
    """
    if 'cannot open shared object file' in str(error):
        return f'{error}; on Debian and Ubuntu: apt install libgl1 libglib2.0-0 (others: mespot doctor)'
    return f'{error}; mespot doctor says how to fix the installation'


def printable(text: str, stream: IO[str]) -> str:
    """A text with numbers for the letters that a stream lacks.

    Whether the name of a file can be printed says nothing about whether the file was written.
    """
    encoding = getattr(stream, 'encoding', None) or 'utf-8'
    return text.encode(encoding, 'backslashreplace').decode(encoding)


def print_what_can_be_printed() -> None:
    """Let the standard output show numbers for the letters that it lacks, as :func:`printable` does."""
    for stream in (sys.stdout, sys.stderr):
        if getattr(stream, 'errors', None) == 'strict' and hasattr(stream, 'reconfigure'):
            stream.reconfigure(errors='backslashreplace')


@contextmanager
def without_main() -> Iterator[None]:
    """Keep processes that are started meanwhile from running the user's script again.

    A spawned process imports the main script first, and a script without the guard begins anew in it: it
    starts processes of its own, which fails. What our processes do lies in the package and needs no main.
    """
    main = sys.modules['__main__']
    kept = {name: vars(main)[name] for name in ('__file__', '__spec__') if name in vars(main)}
    vars(main).pop('__file__', None)
    vars(main)['__spec__'] = None
    try:
        yield
    finally:
        vars(main).update(kept)
