"""Files that are on disk whole or not at all, also when several machines write into one folder."""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a temporary name beside ``path``; what is written there gets its name when the block ends well.

    The temporary name holds the machine and the process, so that no two writers share it.
    """
    temporary = path.with_name(f'.{path.name}.{_writer()}.tmp')
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        remove(temporary)


def write_whole(path: Path, text: str) -> None:
    """Write a text file (UTF-8), whole or not at all."""
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding='utf-8')


def remove_leftovers(folder: Path) -> None:
    """Remove temporary files that killed processes of this machine left in a folder."""
    for path in folder.glob('.*.tmp'):
        machine, _, process = path.name[: -len('.tmp')].rpartition('@')
        if machine.endswith(f'.{_machine()}') and process.isdigit() and not _is_alive(int(process)):
            remove(path)


def remove_temporaries(path: Path) -> None:
    """Remove every temporary file of ``path``; for its only writer."""
    for leftover in path.parent.glob(f'.{glob.escape(path.name)}.*.tmp'):
        remove(leftover)


def remove(path: Path) -> None:
    """Remove a file or a whole folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _machine() -> str:
    return socket.gethostname().replace('/', '-')


def _writer() -> str:
    return f'{_machine()}@{os.getpid()}'


def _is_alive(process: int) -> bool:
    if os.name == 'nt':  # there is no harmless signal: 0 is Ctrl-C
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
