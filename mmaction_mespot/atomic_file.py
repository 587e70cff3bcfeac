"""Files that are on disk whole or not at all, also when several machines write into one folder."""

from __future__ import annotations

import contextlib
import glob
import json
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any


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


def numbered_name(stem: str, is_taken: Callable[[str], bool], suffix: str = '') -> str:
    """The first name that is free: ``stem + suffix``, then with ``_2``, ``_3`` after the stem."""
    name, number = f'{stem}{suffix}', 1
    while is_taken(name):
        number += 1
        name = f'{stem}_{number}{suffix}'
    return name


def write_json(data: Any, path: Path) -> None:
    """Write to a temporary name, then rename; equal data gives equal bytes."""
    write_whole(path, _text(data))


def _text(data: Any) -> str:
    """The JSON; bytes of a file name that are no text (lone surrogates) as JSON's own escapes."""
    text = json.dumps(data, indent=1, ensure_ascii=False) + '\n'
    return text.encode('utf-8', 'backslashreplace').decode()
