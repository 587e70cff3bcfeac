"""The detections of one video as a file names it."""

from __future__ import annotations

from dataclasses import dataclass

from mmaction_mespot.intervals.detections import Detections

UNKNOWN_LABEL = -1
"""Label of detections whose file does not tell the class."""


@dataclass(frozen=True)
class VideoDetections:
    """Detections of one video, in the order of their file.

    Attributes:
        video: The video's name in the file.
        detections: Half-open intervals in frames from 0; label -1 where the file does not tell the class.
        origin: File and row where the video is named first, for messages.
        subject: The subject's name in the file, or None.
        emotions: One emotion a detection, or None.

    Raises:
        ValueError: If there is not one emotion a detection.
    """

    video: str
    detections: Detections
    origin: str = ''
    subject: str | None = None
    emotions: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if self.emotions is not None and len(self.emotions) != len(self.detections):
            raise ValueError(
                f'video {self.video}: {len(self.emotions)} emotions for {len(self.detections)} detections'
            )
