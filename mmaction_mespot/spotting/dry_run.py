"""How long spotting a study will take and how much disk, measured on a few frames; nothing is written."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.disk_use import format_bytes
from mmaction_mespot.preprocessing.preparation_progress import format_duration
from mmaction_mespot.preprocessing.video import VideoSource, open_video_source, working_fps
from mmaction_mespot.spotting.inferencer import SpottingInferencer
from mmaction_mespot.spotting.inputs import RESULT
from mmaction_mespot.strict_json import read_json

WARM_UP_FRAMES, SAMPLE_FRAMES = 20, 90


class _EnoughSeen(Exception):
    """The frames that are measured have been read."""


def describe_run(
    todo: Sequence[tuple[Path, Path]],
    finished: Sequence[Path],
    inferencer: SpottingInferencer,
    fps: float | None,
    jobs: int,
) -> str:
    """Say what a run would do.

    Time is taken as proportional to the frames that the spotter sees, and as shared among the processes as
    far as there are cores and videos. The disk is that of the finished videos, by their frames.

    Args:
        todo: Videos that are left, with their folders.
        finished: Folders of those that are finished.
        inferencer: The spotter.
        fps: Frame rate of folders of images, or in place of a file's own. None takes the file's.
        jobs: Processes.

    Returns:
        A few lines.
    """
    lines = [f'dry run, nothing is written: {len(finished)} videos finished, {len(todo)} left']
    frames, unknown, measured = 0.0, 0, None
    for video, _ in todo:
        try:
            source = open_video_source(video, fps)
        except MESpotError as error:
            lines.append(f'cannot be used: {error}')
            continue
        if source.total_frames is None:
            unknown += 1
            continue
        frames += source.total_frames * working_fps(source.fps, inferencer.model.target_fps) / source.fps
        measured = measured or _seconds_per_frame(source, inferencer)
    if unknown:
        lines.append(f'{unknown} videos do not tell their length and are not counted')
    if measured is None:
        return '\n'.join(lines)
    working = max(1, min(jobs, os.cpu_count() or 1, len(todo)))
    seconds, name = measured
    duration = format_duration(seconds * frames / working)
    lines.append(
        f'{frames:.0f} frames for the spotter: about {duration} with {working} working at a time; '
        f'measured on the first frames of {name}: {seconds * 1e3:.1f} ms per frame'
    )
    done = [_used(folder) for folder in finished]
    if sum(count for count, _ in done):
        per_frame = sum(size for _, size in done) / sum(count for count, _ in done)
        lines.append(f'about {format_bytes(per_frame * frames)} of disk, as the finished videos took')
    else:
        lines.append('disk: not known before the first video is finished')
    return '\n'.join(lines)


def _seconds_per_frame(source: VideoSource, inferencer: SpottingInferencer) -> tuple[float, str] | None:
    """Seconds per frame that the spotter sees, and the name of the video; None if it cannot be measured."""
    marks: list[tuple[int, float]] = []

    def on_frame(done: int) -> None:
        if done >= WARM_UP_FRAMES:
            marks.append((done, time.perf_counter()))
        if done >= WARM_UP_FRAMES + SAMPLE_FRAMES:
            raise _EnoughSeen

    run_fps = source.fps
    try:
        for run in inferencer.runs(source, on_frame=on_frame):
            run_fps = run.fps
            for _ in run:
                pass
    except _EnoughSeen:
        pass
    except MESpotError:
        return None
    if len(marks) < 2:
        return None
    (first, began), (last, ended) = marks[0], marks[-1]
    return (ended - began) / max((last - first) * run_fps / source.fps, 1e-9), source.name


def _used(folder: Path) -> tuple[int, int]:
    """Frames of the curves and bytes of a folder of results."""
    frames = len(read_json(folder / RESULT)['curves']['time_s'])
    return frames, sum(path.stat().st_size for path in folder.rglob('*') if path.is_file())
