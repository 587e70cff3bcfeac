"""One long video of a download."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .frame_folder import FrameFolder
from .video_file import VideoFile


@dataclass(frozen=True)
class UnseenFrames:
    """Frames that are not on disk.

    Attributes:
        total_frames: Their number where a table tells it, else None.
        start_index: Number of the first frame in tables: 1.
    """

    total_frames: int | None = None
    start_index: int = 1


@dataclass(frozen=True)
class SourceVideo:
    """One long video: its names and its frames.

    Attributes:
        video_id: Its name in the annotations.
        subject: Who is seen.
        location: Folder of frames or file, relative to the root.
        frames: What lies there, or would.
        fps: Frames per second.
    """

    video_id: str
    subject: str
    location: str
    frames: FrameFolder | VideoFile | UnseenFrames
    fps: float

    def entry(self, instances: list[dict[str, Any]]) -> dict[str, Any]:
        """Give the video's entry of the common annotations; of unseen frames only what a table tells."""
        entry: dict[str, Any] = {'video_id': self.video_id, 'subject': self.subject}
        if isinstance(self.frames, UnseenFrames):
            if self.frames.total_frames is not None:
                entry['total_frames'] = self.frames.total_frames
            return {**entry, 'fps': self.fps, 'instances': instances}
        if isinstance(self.frames, FrameFolder):
            entry.update(
                frame_dir=self.location,
                filename_tmpl=self.frames.filename_tmpl,
                start_index=self.frames.start_index,
            )
        else:
            entry['video'] = self.location
        entry.update(
            total_frames=self.frames.total_frames,
            fps=self.fps,
            size=list(self.frames.size),
            instances=instances,
        )
        return entry
