"""How a data set is prepared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from mmaction_mespot.errors import MESpotError

from .faces.patch import PATCH_SIZE
from .faces.regions import REGIONS
from .faces.shape import SHAPE_POINTS
from .flow import METHODS
from .video import working_fps

GRID_CELLS = 12
DEFAULT_STREAMS = ('rgb', 'flow', 'flow_grid', 'flow_roi')
STREAMS = (*DEFAULT_STREAMS, 'flow_patch', 'face_shape')
PICTURE_STREAMS = ('rgb', 'flow')
FORMATS = ('h5', 'rawframes')
DEVICES = ('cpu', 'cuda')
# Rises when the same settings give other bytes, so that folders of an older version are made anew.
_VERSION = 2
TARGET_FPS = 30.0
"""Positions per second that videos are usually prepared for; see :func:`working_fps`."""
REFERENCE = 'eyes at 0.30 0.38 and 0.70 0.38, smoothed over 1 s'
"""What the crops, and so the flow in them, are fixed to; see ``faces/alignment.py``."""
_DEFAULT_GAP_S = 4 / TARGET_FPS


@dataclass(frozen=True)
class PreparationSettings:
    """What the prepared files depend on, beside the video itself.

    Attributes:
        streams: Streams to write, of :data:`STREAMS`.
        crop_size: Side of the aligned crop in px.
        flow_method: ``'tvl1'``, ``'tvl1-fast'`` or ``'dis'``.
        flow_gap: Positions between the two images of a flow; None for 4 at 30 fps and as long a time at other
            rates.
        format: How ``rgb`` and ``flow`` are stored: ``'h5'``, or ``'rawframes'``, pictures named as MMAction2
            does. The other streams are always HDF5.
        flow_bound: Largest flow of ``'rawframes'`` in px; what is beyond is cut.
        device: ``'cpu'``, or ``'cuda'`` for TV-L1 on a GPU. The two agree to rounding, so a video that was
            prepared on either counts as done.
        flow_batch: Pairs of frames on the GPU at a time.
        target_fps: Positions per second that are wanted; a video is seen at the nearest whole fraction of its
            own rate.
        strict: Whether a video of which frames cannot be read is refused, instead of passing over them with a
            note.

    Raises:
        MESpotError: A setting is out of its range; the message names it.
    """

    streams: tuple[str, ...] = DEFAULT_STREAMS
    crop_size: int = 224
    flow_method: str = 'tvl1'
    flow_gap: int | None = None
    format: str = 'h5'
    flow_bound: float = 20.0
    device: str = 'cpu'
    flow_batch: int = 32
    target_fps: float = TARGET_FPS
    strict: bool = False

    def __post_init__(self) -> None:
        unknown = sorted(set(self.streams) - set(STREAMS))
        if unknown or not self.streams or len(set(self.streams)) < len(self.streams):
            raise MESpotError(f'streams: found {self.streams}, expected some of {STREAMS}, each once')
        if self.crop_size < 32:
            raise MESpotError(f'crop_size: found {self.crop_size}, expected 32 px or more')
        if self.flow_method not in METHODS:
            raise MESpotError(f'flow_method: found {self.flow_method!r}, expected one of {METHODS}')
        if self.flow_gap is not None and self.flow_gap < 1:
            raise MESpotError(f'flow_gap: found {self.flow_gap}, expected 1 frame or more')
        if not self.target_fps > 0:
            raise MESpotError(f'target_fps: found {self.target_fps}, expected more than 0 per second')
        if self.format not in FORMATS:
            raise MESpotError(f'format: found {self.format!r}, expected one of {FORMATS}')
        if self.format == 'rawframes' and not set(PICTURE_STREAMS) & set(self.streams):
            raise MESpotError(f'format rawframes: found the streams {self.streams}, expected rgb or flow too')
        if not self.flow_bound > 0:
            raise MESpotError(f'flow_bound: found {self.flow_bound}, expected more than 0 px')
        if self.device not in DEVICES:
            raise MESpotError(f'device: found {self.device!r}, expected one of {DEVICES}')
        if self.device == 'cuda' and self.flow_method == 'dis':
            raise MESpotError('device cuda: the flow dis runs on the CPU only; expected tvl1 or tvl1-fast')
        if self.flow_batch < 1:
            raise MESpotError(f'flow_batch: found {self.flow_batch}, expected 1 pair or more')

    def rate(self, fps: float) -> float:
        """Positions per second of a video of that rate.

        With a ``target_fps`` of 30 these are 30 of 60, 28.57 of 200, 25 of 50, and 25 of 25.
        """
        return working_fps(fps, self.target_fps)

    def gap(self, fps: float) -> int:
        """Frames between the two images of a flow, in frames at that rate.

        For the rate that a video is seen at (:meth:`rate`) they are positions. At other rates it is as long a
        time: 120 ms at 25 and 50, 140 ms at 200.
        """
        if self.flow_gap is not None:
            return self.flow_gap
        rate = self.rate(fps)
        return round(fps / rate) * max(1, round(_DEFAULT_GAP_S * rate))

    def frame_shape(self, stream: str) -> tuple[int, ...]:
        """Shape of one frame of a stream."""
        size = self.crop_size
        return {
            'rgb': (size, size, 3),
            'flow': (size, size, 2),
            'flow_grid': (GRID_CELLS, GRID_CELLS, 2),
            'flow_roi': (len(REGIONS), 2),
            'flow_patch': (PATCH_SIZE, PATCH_SIZE, 2),
            'face_shape': (len(SHAPE_POINTS), 3),
        }[stream]

    def parameters(self, video: dict[str, Any], fingerprint: str) -> dict[str, Any]:
        """Everything a video's files depend on, for the manifest.

        Args:
            video: Its annotation entry.
            fingerprint: Hash that changes with its frames.
        """
        rawframes = {'format': self.format, 'flow_bound': self.flow_bound}
        return {
            'version': _VERSION,
            'streams': sorted(self.streams),
            'crop_size': self.crop_size,
            'flow_method': self.flow_method,
            'flow_gap': self.gap(self.rate(video['fps'])),
            'target_fps': self.target_fps,
            'reference': REFERENCE,
            'fps': video['fps'],
            'total_frames': video['total_frames'],
            'source': fingerprint,
            **(rawframes if self.format == 'rawframes' else {}),
        }

    def made(self, parameters: dict[str, Any], video: dict[str, Any]) -> bool:
        """Whether files with these recorded parameters are what these settings ask for, from whatever frames.

        Args:
            parameters: As :meth:`parameters` gave them, with these streams or more.
            video: The video's annotation entry.
        """
        asked = self.parameters(video, parameters['source'])
        return set(self.streams) <= set(parameters['streams']) and {**asked, 'streams': []} == {
            **parameters,
            'streams': [],
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
