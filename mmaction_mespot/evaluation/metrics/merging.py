"""From the windows of all videos to the videos."""

from __future__ import annotations

from collections.abc import Sequence

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.postprocess import PostProcessing, merge_windows
from mmaction_mespot.intervals.window_candidates import WindowCandidates


def merge_videos(windows: Sequence[dict], cfg: PostProcessing) -> list[VideoResult]:
    """Group windows by video and merge them; the order of the windows does not matter.

    Args:
        windows: Windows as :func:`~mmaction_mespot.evaluation.metrics.window_record.read_window` gives them.
        cfg: Settings of the merging.

    Returns:
        Videos sorted by part and name, with their candidates.

    Raises:
        MESpotError: If a candidate is not finite.
    """
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
        except ValueError as error:
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
