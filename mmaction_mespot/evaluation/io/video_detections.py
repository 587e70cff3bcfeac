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
        first_frame, inclusive: How the file counts frames, for showing them as it does.
        places: File and row of each detection with its frames as written there, for messages; or empty.

    Raises:
        ValueError: If there is not one emotion, or one place, for each detection.
    """

    video: str
    detections: Detections
    origin: str = ''
    subject: str | None = None
    emotions: tuple[str, ...] | None = None
    places: tuple[str, ...] = ()
    first_frame: int = 0
    inclusive: bool = False

    def __post_init__(self) -> None:
        if self.emotions is not None and len(self.emotions) != len(self.detections):
            raise ValueError(
                f'video {self.video}: {len(self.emotions)} emotions for {len(self.detections)} detections'
            )
        if self.places and len(self.places) != len(self.detections):
            raise ValueError(
                f'video {self.video}: {len(self.places)} places for {len(self.detections)} detections'
            )
