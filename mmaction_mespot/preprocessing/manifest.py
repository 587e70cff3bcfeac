"""What a prepared folder holds: files, checksums and parameters of each video."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from mmaction_mespot.atomic_file import remove, remove_leftovers, whole_file

from .json_file import write_json

FORMAT = 1


class Manifest:
    """Records of the videos of a prepared folder, one small file a video, and ``manifest.json`` over all.

    Each finished video has ``parameters`` (what its files depend on), ``files`` (path relative to the folder:
    bytes and SHA-256) and ``notes`` (on the face track); each failed one has its reason. A change of a video
    is on disk at once, whole or not at all, in ``manifest/<video_id>.json``: machines that prepare different
    videos never write the same file, and need no lock. :meth:`merge` writes ``manifest.json`` from them.

    Args:
        folder: The prepared folder; reading changes nothing in it.

    Raises:
        ValueError: A record, or ``manifest.json`` of a folder without records, can't be read as one.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.path = self.folder / 'manifest.json'
        self.records = self.folder / 'manifest'
        self.videos: dict[str, dict[str, Any]] = {}
        self.failed: dict[str, str] = {}
        self._writable = False
        self.reload()

    def reload(self) -> None:
        """Read all records anew, those that other processes have written too."""
        videos: dict[str, dict[str, Any]] = {}
        failed: dict[str, str] = {}
        if self.records.is_dir():
            for path in sorted(self.records.glob('*.json')):
                try:
                    data = _read(path, {'video'}, {'failed'})
                except FileNotFoundError:  # another process has just taken it back
                    continue
                if 'failed' in data:
                    failed[path.stem] = data['failed']
                else:
                    videos[path.stem] = data['video']
        elif self.path.is_file():
            data = _read(self.path, {'videos', 'failed'})
            videos, failed = dict(data['videos']), dict(data['failed'])
        self.videos, self.failed = videos, failed

    def is_done(self, video_id: str, parameters: dict[str, Any]) -> bool:
        """Whether the video's files are there, of the right length and made with these parameters."""
        record = self.videos.get(video_id)
        return record is not None and record['parameters'] == parameters and self.is_whole(video_id)

    def is_whole(self, video_id: str) -> bool:
        """Whether the video is recorded and its files are there, of the right length."""
        record = self.videos.get(video_id)
        return record is not None and all(
            _length(self.folder / name) == file['bytes'] for name, file in record['files'].items()
        )

    def record(self, video_id: str, record: dict[str, Any]) -> None:
        """Note a finished video."""
        self._write(video_id, {'format': FORMAT, 'video': record})
        self.failed.pop(video_id, None)
        self.videos[video_id] = record

    def record_failure(self, video_id: str, reason: str) -> None:
        """Note a video that can't be prepared; files of an earlier run are removed."""
        self._remove_files(video_id)
        self._write(video_id, {'format': FORMAT, 'failed': reason})
        self.videos.pop(video_id, None)
        self.failed[video_id] = reason

    def forget(self, video_id: str) -> None:
        """Remove a video and its files."""
        self._start_writing()
        self._remove_files(video_id)
        self._record_path(video_id).unlink(missing_ok=True)
        self.videos.pop(video_id, None)
        self.failed.pop(video_id, None)

    def merge(self) -> None:
        """Write ``manifest.json`` from the records of all processes.

        Whoever renames last has all: after writing, the records are read once more, and what another process
        added meanwhile is written too.
        """
        self._start_writing()
        self.reload()
        while True:
            written = (self.videos, self.failed)
            write_json({'format': FORMAT, 'videos': self.videos, 'failed': self.failed}, self.path)
            self.reload()
            if written == (self.videos, self.failed):
                return

    def _record_path(self, video_id: str) -> Path:
        return self.records / f'{video_id}.json'

    def _write(self, video_id: str, data: dict[str, Any]) -> None:
        self._start_writing()
        write_json(data, self._record_path(video_id))

    def _remove_files(self, video_id: str) -> None:
        for name in self.videos.get(video_id, {}).get('files', ()):
            remove(self.folder / name)

    def _start_writing(self) -> None:
        """Make the folder of records, from ``manifest.json`` where an older version wrote that alone."""
        if self._writable:
            return
        self._writable = True
        for folder in (self.folder, self.records):
            remove_leftovers(folder)
        if self.records.is_dir():
            return
        entries: dict[str, dict[str, Any]] = {name: {'video': record} for name, record in self.videos.items()}
        entries |= {name: {'failed': reason} for name, reason in self.failed.items()}
        try:
            with whole_file(self.records) as temporary:
                temporary.mkdir(parents=True)
                for video_id, entry in entries.items():
                    write_json({'format': FORMAT, **entry}, temporary / f'{video_id}.json')
        except OSError:
            if not self.records.is_dir():  # else another process was quicker
                raise


def file_record(path: Path) -> dict[str, Any]:
    """Length and SHA-256 of a file; of a folder the length of all, and a hash over names and contents."""
    digest = hashlib.sha256()
    if path.is_dir():
        for inner in sorted(path.iterdir()):
            digest.update(f'{inner.name} {file_record(inner)["sha256"]}\n'.encode())
    else:
        with path.open('rb') as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return {'bytes': _length(path), 'sha256': digest.hexdigest()}


def _length(path: Path) -> int:
    """Bytes of a file or of the files of a folder; -1 if it is not there."""
    try:
        if path.is_dir():
            with os.scandir(path) as entries:
                return sum(entry.stat().st_size for entry in entries)
        return path.stat().st_size
    except FileNotFoundError:
        return -1


def _read(path: Path, *forms: set[str]) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding='utf-8'))
        if data['format'] != FORMAT:
            raise ValueError(f'format {data["format"]!r}, expected {FORMAT}')
        if set(data) - {'format'} not in forms:
            raise ValueError(f'found the keys {sorted(data)}')
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f'{path}: not a manifest of prepared videos ({error}); remove it to go on'
        ) from error
    return dict(data)
