"""What a prepared folder holds: files, checksums and parameters of each video."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from mmaction_mespot.atomic_file import remove, remove_leftovers, whole_file, write_json
from mmaction_mespot.contained import path_inside
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.strict_json import read_json

FORMAT = 1


class Manifest:
    """Records of the videos of a prepared folder, one small file per video, and ``manifest.json`` over all.

    Each finished video has ``parameters`` (what its files depend on), ``files`` (path relative to the folder:
    bytes and SHA-256) and ``notes`` (on the face track); each failed one has its reason. A change of a video
    is on disk at once, whole or not at all, in ``manifest/<video_id>.json``: machines that prepare different
    videos never write the same file, and need no lock. :meth:`merge` writes ``manifest.json`` from them.

    Args:
        folder: The prepared folder; reading changes nothing in it.

    Raises:
        MESpotError: A record, or ``manifest.json`` of a folder without records, can't be read as one, or
            names a file that is not below the folder.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.path = self.folder / 'manifest.json'
        self.records = path_inside(self.folder, 'manifest', str(self.folder))
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
                    failed[path.stem] = _text(data['failed'], f'{path}: failed')
                else:
                    videos[path.stem] = self._checked(data['video'], f'{path}: video')
        elif self.path.is_file():
            data = _read(self.path, {'videos', 'failed'})
            found, reasons = (_mapping(data[key], f'{self.path}: {key}') for key in ('videos', 'failed'))
            for video_id in (*found, *reasons):
                path_inside(self.records, f'{video_id}.json', f'{self.path}: {video_id!r}')
                if '/' in video_id or '\\' in video_id:
                    raise MESpotError(
                        f'{self.path}: found the video {video_id!r}, expected no separator in it'
                    )
            videos = {name: self._checked(record, f'{self.path}: {name}') for name, record in found.items()}
            failed = {name: _text(reason, f'{self.path}: {name}') for name, reason in reasons.items()}
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

    def _checked(self, record: Any, place: str) -> dict[str, Any]:
        """A record of a finished video whose files lie below the folder."""
        _mapping(record, place)
        missing = {'parameters', 'files', 'notes'} - set(record)
        if missing:
            raise MESpotError(f'{place}: {sorted(missing)} missing; remove the file to go on')
        _mapping(record['parameters'], f'{place}.parameters')
        for name, file in _mapping(record['files'], f'{place}.files').items():
            path_inside(self.folder, name, f'{place}.files')
            size = _mapping(file, f'{place}.files.{name}').get('bytes')
            if type(size) is not int or size < 0:
                raise MESpotError(f'{place}.files.{name}.bytes: found {size!r}, expected a number of bytes')
        return dict(record)

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
    def error(reason: str) -> MESpotError:
        return MESpotError(f'{path}: not a manifest of prepared videos ({reason}); remove it to go on')

    data = read_json(path, error)
    if not isinstance(data, dict):
        raise error(f'found {type(data).__name__}, expected an object')
    if data.get('format') != FORMAT:
        raise error(f'format {data.get("format")!r}, expected {FORMAT}')
    if set(data) - {'format'} not in forms:
        raise error(f'found the keys {sorted(data)}')
    return data


def _mapping(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MESpotError(f'{place}: found {value!r:.60}, expected an object; remove the file to go on')
    return value


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise MESpotError(f'{place}: found {value!r:.60}, expected a text; remove the file to go on')
    return value
