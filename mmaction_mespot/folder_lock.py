"""One process at a time works in a folder; a second one learns which."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from filelock import lock_descriptor

from mmaction_mespot.errors import MESpotError


@contextlib.contextmanager
def folder_lock(folder: Path, name: str, rivals: Iterable[str] = ()) -> Iterator[None]:
    """Hold a folder; the lock ends with the process, however it ends.

    Args:
        folder: The folder; made if missing.
        name: Of the work, such as ``prepare``; the file ``.<name>.lock`` tells the holder.
        rivals: Names of other works that must not go on at the same time. Defaults to none.

    Raises:
        MESpotError: If another process holds it; the message says which.
        OSError: If the folder can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _take_file(_path(folder, name), folder) as file:
        try:
            for rival in rivals:
                with contextlib.suppress(FileNotFoundError), _path(folder, rival).open('r+') as other:
                    _take(other, folder)
            with contextlib.suppress(OSError):  # on a full disk the work itself says so
                file.truncate(0)
                holder = {'process': os.getpid(), 'machine': socket.gethostname()}
                os.write(file.fileno(), json.dumps(holder).encode())  # unbuffered: nothing is left to fail
            yield
        finally:
            with contextlib.suppress(OSError):  # Windows does not let an open file go
                file.truncate(0)
                _path(folder, name).unlink()


def _path(folder: Path, name: str) -> Path:
    return folder / f'.{name}.lock'


def _take_file(path: Path, folder: Path) -> IO[str]:
    """Open and lock the file of this name: not one that its last holder has just removed."""
    while True:
        file = path.open('a+', encoding='utf-8')
        try:
            _take(file, folder)
            if os.path.samestat(os.fstat(file.fileno()), os.stat(path)):
                return file
        except FileNotFoundError:
            pass
        except BaseException:
            file.close()
            raise
        file.close()


def _take(file: IO[str], folder: Path) -> None:
    if lock_descriptor(file.fileno(), blocking=False):
        return
    file.seek(0)
    try:
        holder = json.loads(file.read())
        who = f'process {int(holder["process"])} on {holder["machine"]!s:.100}'
    except (OSError, ValueError, KeyError, TypeError):  # it has just begun
        who = 'another process'
    raise MESpotError(f'{folder}: {who} works in this folder; wait for it, or choose another one')
