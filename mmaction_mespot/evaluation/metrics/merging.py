"""From the windows of all videos to the videos."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.dump import load_dump
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import Detections, WindowCandidates
from mmaction_mespot.intervals.frame_grid import FrameGrid
from mmaction_mespot.intervals.postprocess import PostProcessing, fuse_candidates, merge_windows


def merge_videos(windows: Sequence[dict], cfg: PostProcessing) -> list[VideoResult]:
    """Group windows by video and merge them; the order of the windows does not matter.

    Args:
        windows: Windows as :func:`~mmaction_mespot.evaluation.metrics.window_record.read_window` gives them.
        cfg: Settings of the merging; with ``fusion``, its dump gives the spotter's candidates.

    Returns:
        Videos sorted by part and name, with their candidates.

    Raises:
        MESpotError: If a candidate is not finite, or the dump of a fusion lacks a video.
    """
    others = None if cfg.fusion is None else _read_spotter(cfg.fusion.dump)
    groups: dict[tuple[str, str], dict[float, dict]] = {}
    for window in windows:
        group = groups.setdefault((window['part'] or '', window['video_id']), {})
        group.setdefault(window['start'], window)
    videos = []
    for _, group in sorted(groups.items()):
        own = [group[start] for start in sorted(group)]
        first = own[0]
        candidates = [WindowCandidates(w['detections'], w['start'], w['end']) for w in own]
        try:
            detections = merge_windows(candidates, first['fps'], first['total_frames'], cfg)
            first, detections = _in_frames(first, detections)
            if others is not None:
                other = _spotted(others, first, cfg)
                detections = fuse_candidates(detections, other, first['fps'], first['total_frames'], cfg)
        except MESpotError as error:
            raise MESpotError(f'SpottingF1Metric: video {first["video_id"]}: {error}') from error
        common = {key: first[key] for key in ('video_id', 'subject', 'part', 'fps', 'total_frames')}
        videos.append(
            VideoResult(
                **common,
                segments=first['truth_segments'],
                labels=first['truth_labels'],
                detections=detections,
            )
        )
    return videos


def _in_frames(window: dict, detections: Detections) -> tuple[dict, Detections]:
    """From the working grid of a video to its own frames: what is known of it, and what was found."""
    grid: FrameGrid | None = window.get('grid')
    if grid is None:
        return window, detections
    truth = np.rint(grid.intervals_to_frames(window['truth_segments']))  # labels are whole frames
    known = dict(fps=grid.video_fps, total_frames=grid.total_frames, truth_segments=truth)
    found = grid.intervals_to_frames(detections.segments)
    return {**window, **known}, Detections(found, detections.scores, detections.labels)


def _read_spotter(path: str | None) -> dict[tuple[str, str], VideoResult]:
    """A spotter's videos by part and name."""
    if path is None:
        raise MESpotError("SpottingF1Metric: fusion needs the spotter's dump of the same videos, found none")
    return {(video.part or '', video.video_id): video for video in load_dump(path).videos}


def _spotted(others: dict[tuple[str, str], VideoResult], video: dict, cfg: PostProcessing) -> Detections:
    """The spotter's candidates of a video."""
    found = others.get((video['part'] or '', video['video_id']))
    if found is None or found.total_frames != video['total_frames']:
        there = 'none' if found is None else f'one of {found.total_frames} frames'
        raise MESpotError(
            f'{cfg.fusion.dump if cfg.fusion else None}: expected video {video["video_id"]} of part '
            f'{video["part"]} with {video["total_frames"]} frames, found {there}'
        )
    return found.detections
