"""What a prepared folder holds: files, checksums and parameters of each video."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from .json_file import write_json

FORMAT = 1


class Manifest:
    """``manifest.json`` of a prepared folder; each change is on disk at once, whole or not at all.

    Each finished video has ``parameters`` (what its files depend on), ``files`` (path relative to the folder:
    bytes and SHA-256) and ``notes`` (on the face track); each failed one has its reason.

    Args:
        folder: The prepared folder.

    Raises:
        ValueError: There is a ``manifest.json`` that can't be read as one.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.path = self.folder / 'manifest.json'
        self.videos: dict[str, dict[str, Any]] = {}
        self.failed: dict[str, str] = {}
        if not self.path.is_file():
            return
        try:
            data = json.loads(self.path.read_text(encoding='utf-8'))
            if data['format'] != FORMAT:
                raise ValueError(f'format {data["format"]!r}, expected {FORMAT}')
            self.videos, self.failed = dict(data['videos']), dict(data['failed'])
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f'{self.path}: not a manifest of prepared videos ({error})') from error

    def is_done(self, video_id: str, parameters: dict[str, Any]) -> bool:
        """Whether the video's files are there, of the right length and made with these parameters."""
        record = self.videos.get(video_id)
        if record is None or record['parameters'] != parameters:
            return False
        return all(
            (path := self.folder / name).is_file() and path.stat().st_size == file['bytes']
            for name, file in record['files'].items()
        )

    def record(self, video_id: str, record: dict[str, Any]) -> None:
        """Note a finished video."""
        self.failed.pop(video_id, None)
        self.videos[video_id] = record
        self._save()

    def record_failure(self, video_id: str, reason: str) -> None:
        """Note a video that can't be prepared; files of an earlier run are removed."""
        self.forget(video_id)
        self.failed[video_id] = reason
        self._save()

    def forget(self, video_id: str) -> None:
        """Remove a video and its files."""
        record = self.videos.get(video_id)
        for name in record['files'] if record else ():
            (self.folder / name).unlink(missing_ok=True)
        if self.videos.pop(video_id, None) or self.failed.pop(video_id, None):
            self._save()

    def _save(self) -> None:
        videos, failed = dict(sorted(self.videos.items())), dict(sorted(self.failed.items()))
        write_json({'format': FORMAT, 'videos': videos, 'failed': failed}, self.path)


def file_record(path: Path) -> dict[str, Any]:
    """Length and SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open('rb') as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return {'bytes': path.stat().st_size, 'sha256': digest.hexdigest()}
