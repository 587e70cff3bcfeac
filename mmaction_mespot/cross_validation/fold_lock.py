"""Two cross-validations never work on the same fold at the same time."""

from __future__ import annotations

import time
from pathlib import Path
from typing import IO

from filelock import lock_descriptor

from mmaction_mespot.errors import MESpotError

LOCK_FILE = '.lock'
PATIENCE_S = 10.0


class FoldLock:
    """A lock on a fold's folder, held by this process and by those that inherit its file.

    If only the parent is killed, a training that goes on by itself still holds the lock (not on Windows:
    nothing inherits it there).

    Args:
        folder: The fold's folder.
        patience_s: Seconds to wait for another holder: data loaders outlive a killed training for a moment.
            Defaults to 10.

    Raises:
        MESpotError: If another process holds it for longer.
    """

    def __init__(self, folder: Path, patience_s: float = PATIENCE_S) -> None:
        self._file: IO[str] = (folder / LOCK_FILE).open('w')
        until = time.monotonic() + patience_s
        while not lock_descriptor(self._file.fileno(), blocking=False):
            if time.monotonic() >= until:
                self._file.close()
                raise MESpotError(f'{folder}: another process is working on this fold')
            time.sleep(0.1)

    def fileno(self) -> int:
        """The file that a process of the fold inherits."""
        return self._file.fileno()

    def release(self) -> None:
        """Let go; the lock ends when every process that inherited it has ended."""
        self._file.close()
