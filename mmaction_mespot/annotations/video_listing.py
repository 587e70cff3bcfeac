"""The long videos of a download."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from .annotation_error import AnnotationError
from .frame_folder import FrameFolder
from .source_video import SourceVideo
from .video_file import VideoFile


@dataclass
class VideoListing:
    """What a download holds.

    Attributes:
        root: Folder of the download.
        videos: The long videos by their ids.
        ignored: Folders that are no video, relative to the root.
        problems: What is wrong with the frames, one line per problem.
        faulty: Ids of the videos left out because of a problem.
        notes: What a user should know of a video file, with its place.
    """

    root: Path
    videos: dict[str, SourceVideo] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    faulty: set[str] = field(default_factory=set)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def add(
        self, video_id: str, subject: str, path: Path, fps: float | None, first_frame: int | None = None
    ) -> None:
        """Check the frames of a video and list it, or note what is wrong.

        Args:
            video_id: Its name in the annotations.
            subject: Who is seen.
            path: Folder of frames, or video file.
            fps: Frames per second; None for what a video file says.
            first_frame: Number that the first frame must have. Defaults to None: any.
        """
        location = self.relative(path)
        problems, frames = [], None
        known = self.videos.get(video_id)
        if known is not None:
            problems.append(f'the same video {video_id} as {known.location}, expected one')
        else:
            try:
                frames = FrameFolder.scan(path) if path.is_dir() else VideoFile.scan(path)
            except AnnotationError as error:
                problems += error.problems
        if frames is not None:
            if isinstance(frames, VideoFile) and fps is None:
                fps = frames.fps
            if not fps:
                problems.append('no frame rate, expected one given with --fps')
            if first_frame is not None and frames.start_index != first_frame:
                problems.append(
                    f'the first frame has the number {frames.start_index}, expected {first_frame}'
                )
            if isinstance(frames, VideoFile):
                self.notes += [(location, note) for note in frames.notes]
        for problem in problems:
            self.fault(video_id, location, problem)
        if frames is not None and fps and not problems:
            self.videos[video_id] = SourceVideo(video_id, subject, location, frames, fps)

    def fault(self, video_id: str, location: str, problem: str) -> None:
        """Note a problem of a video."""
        self.problems.append(f'{location}: {problem}')
        self.faulty.add(video_id)

    def relative(self, path: Path) -> str:
        """Give a path relative to the root."""
        return path.relative_to(self.root).as_posix()
