"""Videos that are known by their labels alone: enough to score detections, too little to prepare or train."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from .source_video import SourceVideo, UnseenFrames
from .video_listing import VideoListing


def list_labelled(
    root: Path,
    video_ids: Iterable[str],
    fps: float | Mapping[str, float],
    subject_of: Callable[[str], str] = lambda video_id: video_id.partition('_')[0],
    totals: Mapping[str, int] | None = None,
) -> VideoListing:
    """List the videos that a table of labels names.

    Args:
        root: Folder of the table.
        video_ids: Their names; each may stand several times.
        fps: Frames per second of all videos, or of each.
        subject_of: Gives the person of a video. Defaults to what stands before the first underscore.
        totals: Number of frames of those videos whose table tells it. Defaults to None.
    """
    listing = VideoListing(root)
    for video_id in dict.fromkeys(video_ids):
        rate = fps if isinstance(fps, float | int) else fps[video_id]
        frames = UnseenFrames((totals or {}).get(video_id))
        listing.videos[video_id] = SourceVideo(video_id, subject_of(video_id), video_id, frames, float(rate))
    return listing
