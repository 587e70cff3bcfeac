"""Files that are on disk whole or not at all, also when several machines write into one folder."""

from __future__ import annotations

import contextlib
import errno
import glob
import json
import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from mmaction_mespot.errors import MESpotError

_LONGEST = 150


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a temporary name beside ``path``; what is written there gets its name when the block ends well.

    The temporary name holds machine, process and thread, so that no two writers share it. What killed
    processes of this machine left in the folder is removed.

    Raises:
        OSError: If it can't be written; the message names ``path``, not the temporary file.
    """
    _clean(path.parent)
    temporary = path.with_name(temporary_name(path.name))
    try:
        with naming(path, temporary):
            yield temporary
            os.replace(temporary, path)
    finally:
        # What could not be written can't always be removed; the error that led here says more.
        with contextlib.suppress(OSError):
            remove(temporary)


@contextlib.contextmanager
def naming(path: Path, temporary: Path | None = None) -> Iterator[None]:
    """While ``path`` is written: an error of the disk that names no file, or the temporary one, names it.

    A full disk and PyAV name no file, and Python the temporary one.
    """
    try:
        yield
    except OSError as error:
        named = error.filename is not None and (
            temporary is None or not str(error.filename).startswith(str(temporary))
        )
        if named or isinstance(error, MESpotError | BrokenPipeError):
            raise
        if error.errno is None:
            raise OSError(f'{path}: {error}') from error
        raise OSError(error.errno, error.strerror or os.strerror(error.errno), str(path)) from error


def is_write_failure(error: BaseException, folder: Path) -> bool:
    """Whether the disk is full or read-only, or a file below ``folder`` can't be written."""
    if not isinstance(error, OSError):
        return False
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG):
        return True
    return error.filename is not None and Path(os.fsdecode(error.filename)).is_relative_to(folder)


def temporary_name(name: str) -> str:
    """A hidden name that tells the thread, the machine and the process that write."""
    return f'.{_shortened(name)}.{threading.get_native_id()}.{_writer()}.tmp'


def _shortened(name: str) -> str:
    """What leaves room for the rest: names end at 255 bytes."""
    return os.fsencode(name)[:_LONGEST].decode(errors='ignore')


@lru_cache(maxsize=1024)
def _clean(folder: Path) -> None:
    """Once in a process; a folder that can't be read or written says so when it is written."""
    with contextlib.suppress(OSError):
        remove_leftovers(folder)


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
    for leftover in path.parent.glob(f'.{glob.escape(_shortened(path.name))}.*.tmp'):
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
