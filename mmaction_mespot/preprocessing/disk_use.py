"""Disk use of prepared videos."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .store.manifest import Manifest


@dataclass
class DiskUse:
    """Bytes by stream and the length of the videos that they hold.

    Attributes:
        streams: Bytes of each stream's files, by the name of its folder.
        minutes: Length of the videos in minutes.
    """

    streams: dict[str, int] = field(default_factory=dict)
    minutes: float = 0.0

    @property
    def total(self) -> int:
        """Bytes of all streams."""
        return sum(self.streams.values())

    def __str__(self) -> str:
        parts = [f'{name} {format_bytes(size / self.minutes)}' for name, size in sorted(self.streams.items())]
        return (
            f'disk space per minute of video: {", ".join(parts)}; '
            f'{format_bytes(self.total)} for {self.minutes:.1f} minutes'
        )


def disk_use(manifest: Manifest, videos: Iterable[dict[str, Any]]) -> DiskUse:
    """Disk use of those of the videos that the manifest records.

    Args:
        manifest: The prepared folder's.
        videos: Annotation entries.
    """
    use = DiskUse()
    for video in videos:
        record = manifest.videos.get(video['video_id'])
        if record is None:
            continue
        use.minutes += video['total_frames'] / video['fps'] / 60
        for name, file in record['files'].items():
            stream = name.split('/')[0]
            use.streams[stream] = use.streams.get(stream, 0) + file['bytes']
    return use


def format_bytes(count: float) -> str:
    """A number of bytes with its unit, powers of 1000: ``'13.1 MB'``."""
    for unit in ('B', 'KB', 'MB', 'GB'):
        if count < 999.5:
            return f'{count:.0f} {unit}' if count >= 99.5 or unit == 'B' else f'{count:.1f} {unit}'
        count /= 1000
    return f'{count:.1f} TB'
