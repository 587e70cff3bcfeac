"""MMEngine writes checkpoints and dumps whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mmengine.fileio import LocalBackend, register_backend

from mmaction_mespot.atomic_file import whole_file


class WholeFilesBackend(LocalBackend):
    """MMEngine's backend of local files, whose files are on disk whole or not at all.

    MMEngine's own leaves half an ``epoch_1.pth`` on a full disk, which the next ``--resume`` would take.
    """

    def put(self, obj: bytes, filepath: Any) -> None:
        """Write bytes."""
        path = Path(filepath)
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as temporary:
            super().put(obj, temporary)

    def put_text(self, obj: str, filepath: Any, encoding: str = 'utf-8') -> None:
        """Write a text."""
        path = Path(filepath)
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as temporary:
            super().put_text(obj, temporary, encoding)


def install_whole_files() -> bool:
    """Let MMEngine write local files by :class:`WholeFilesBackend`.

    Returns:
        bool: Whether it did not before. Ends with an MMEngine that writes to a temporary name.
    """
    from mmengine.fileio import backends

    if backends.backends.get('local') is WholeFilesBackend:
        return False
    register_backend('local', WholeFilesBackend, force=True, prefixes='')
    return True
