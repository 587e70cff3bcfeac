"""What pip does not notice: two distributions that write the same folder, and leave a mixture of their files.

``opencv-python`` and ``opencv-contrib-python`` both are ``cv2``, ``decord`` and ``decord2`` both ``decord``,
``mmcv`` and ``mmcv-lite`` both ``mmcv``. Needs nothing but Python; run as a program, it prints what it finds.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

# The folders, and the distribution of each that this package asks for.
FOLDERS = {'cv2': 'opencv-python', 'decord': 'decord2', 'mmcv': 'mmcv-lite'}


@dataclass(frozen=True)
class Owner:
    """A distribution that installed files into a folder.

    Attributes:
        name: Name of the distribution.
        version: Its version.
        strangers: How many of the files that it recorded are missing by now, or others.
    """

    name: str
    version: str
    strangers: int

    def __str__(self) -> str:
        """Name, version, and what is wrong with it."""
        wrong = f' ({self.strangers} of its files are not its own)' if self.strangers else ''
        return f'{self.name} {self.version}{wrong}'


@dataclass(frozen=True)
class Mixture:
    """A folder that is not as one distribution left it."""

    folder: str
    owners: tuple[Owner, ...]

    def __str__(self) -> str:
        """One line: what is there, and how to mend it."""
        names = ' '.join(owner.name for owner in self.owners)
        kept = FOLDERS.get(self.folder, self.owners[0].name)
        return (
            f'{self.folder} belongs to {" and ".join(map(str, self.owners))}, expected one, whole; '
            f'to fix it: pip uninstall -y {names}, then pip install {kept}'
        )


def find_mixtures(folders: Iterable[str] = FOLDERS, path: Sequence[str] | None = None) -> list[Mixture]:
    """Look for folders of several distributions, or with files that their distribution did not record.

    Args:
        folders: Names of the top-level packages to look at. Defaults to those that are known to be shared.
        path: Where distributions are looked for. Defaults to ``sys.path``.

    Returns:
        list[Mixture]: Those that are not healthy; a folder that is not installed is.
    """
    distributions = list(metadata.distributions(path=list(sys.path if path is None else path)))
    mixtures = []
    for folder in folders:
        owners: dict[str, Owner] = {}
        for distribution in distributions:
            owner = _owner(distribution, folder)
            if owner is not None:
                owners.setdefault(owner.name, owner)  # the first on the path is the one that is imported
        if len(owners) > 1 or any(owner.strangers for owner in owners.values()):
            mixtures.append(Mixture(folder, tuple(sorted(owners.values(), key=lambda owner: owner.name))))
    return mixtures


def _owner(distribution: metadata.Distribution, folder: str) -> Owner | None:
    """The distribution as an owner of the folder, None where it recorded nothing in it."""
    record = csv.reader((distribution.read_text('RECORD') or '').splitlines())
    rows = [row for row in record if row and row[0].startswith(f'{folder}/') and not row[0].endswith('.pyc')]
    if not rows:
        return None
    strangers = sum(
        _digest(Path(str(distribution.locate_file(path)))) != digest for path, digest, _ in rows if digest
    )
    return Owner(distribution.metadata['Name'], distribution.version, strangers)


def _digest(path: Path) -> str | None:
    """SHA-256 of a file as pip records it, None where there is no file."""
    if not path.is_file():
        return None
    digest = hashlib.sha256(path.read_bytes()).digest()
    return f'sha256={base64.urlsafe_b64encode(digest).rstrip(b"=").decode()}'


if __name__ == '__main__':
    found = find_mixtures()
    print(*found, sep='\n', end='\n' if found else '')
    sys.exit(bool(found))
