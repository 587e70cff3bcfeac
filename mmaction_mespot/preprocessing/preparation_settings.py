"""How a data set is prepared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from .faces.regions import REGIONS
from .flow import METHODS

GRID_CELLS = 12
STREAMS = ('rgb', 'flow', 'flow_grid', 'flow_roi')
# Rises when the same settings give other bytes, so that folders of an older version are made anew.
_VERSION = 1
_DEFAULT_GAP_S = 4 / 30


@dataclass(frozen=True)
class PreparationSettings:
    """What the prepared files depend on, beside the video itself.

    Attributes:
        streams: Streams to write, of :data:`STREAMS`.
        crop_size: Side of the aligned crop in px.
        flow_method: ``'tvl1'``, ``'tvl1-fast'`` or ``'dis'``.
        flow_gap: Frames between the two images of a flow; None for 4 at 30 fps and as long a time at other
            rates.

    Raises:
        ValueError: A setting is out of its range; the message names it.
    """

    streams: tuple[str, ...] = STREAMS
    crop_size: int = 224
    flow_method: str = 'tvl1'
    flow_gap: int | None = None

    def __post_init__(self) -> None:
        unknown = sorted(set(self.streams) - set(STREAMS))
        if unknown or not self.streams or len(set(self.streams)) < len(self.streams):
            raise ValueError(f'streams: found {self.streams}, expected some of {STREAMS}, each once')
        if self.crop_size < 32:
            raise ValueError(f'crop_size: found {self.crop_size}, expected 32 px or more')
        if self.flow_method not in METHODS:
            raise ValueError(f'flow_method: found {self.flow_method!r}, expected one of {METHODS}')
        if self.flow_gap is not None and self.flow_gap < 1:
            raise ValueError(f'flow_gap: found {self.flow_gap}, expected 1 frame or more')

    def gap(self, fps: float) -> int:
        """Frames between the two images of a flow, at a frame rate."""
        return self.flow_gap if self.flow_gap is not None else max(1, round(_DEFAULT_GAP_S * fps))

    def frame_shape(self, stream: str) -> tuple[int, ...]:
        """Shape of one frame of a stream."""
        size = self.crop_size
        return {
            'rgb': (size, size, 3),
            'flow': (size, size, 2),
            'flow_grid': (GRID_CELLS, GRID_CELLS, 2),
            'flow_roi': (len(REGIONS), 2),
        }[stream]

    def parameters(self, video: dict[str, Any], fingerprint: str) -> dict[str, Any]:
        """Everything a video's files depend on, for the manifest.

        Args:
            video: Its annotation entry.
            fingerprint: Hash that changes with its frames.
        """
        return {
            'version': _VERSION,
            'streams': sorted(self.streams),
            'crop_size': self.crop_size,
            'flow_method': self.flow_method,
            'flow_gap': self.gap(video['fps']),
            'fps': video['fps'],
            'total_frames': video['total_frames'],
            'source': fingerprint,
        }

    def with_streams_of(
        self, record: dict[str, Any] | None, video: dict[str, Any], fingerprint: str
    ) -> PreparationSettings:
        """Add the streams that a video has already, so that asking for other ones loses none.

        Args:
            record: The video's record in the manifest, if it was prepared before.
            video: Its annotation entry.
            fingerprint: Hash that changes with its frames.

        Returns:
            These settings with the recorded streams added, if all else was the same; else as they are.
        """
        if record is None:
            return self
        both = tuple(name for name in STREAMS if name in (*self.streams, *record['parameters']['streams']))
        widened = replace(self, streams=both)
        same = {**widened.parameters(video, fingerprint), 'streams': record['parameters']['streams']}
        return widened if same == record['parameters'] else self
