"""Spot files on disk and write what was found: ``tools/spot.py``."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from mmaction_mespot.apis.command_line import TRACEBACK_VARIABLE, describe, is_user_error
from mmaction_mespot.apis.inferencer import SpottingInferencer
from mmaction_mespot.apis.spot_crops import SpotCrops
from mmaction_mespot.apis.spot_ground_truth import LabelledRow, ground_truth_of
from mmaction_mespot.apis.spot_inputs import named_videos
from mmaction_mespot.apis.spot_outputs import OVERLAY, write_overlay, write_result, write_submission
from mmaction_mespot.apis.spot_reporter import SpotReporter
from mmaction_mespot.apis.spot_result import SpotResult, join_faces
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.preprocessing.video import open_video_source, resample

FAILED_EXIT_CODE = 1
SUBMISSION = 'megc.csv'


@dataclass(frozen=True)
class SpotOptions:
    """What to do with each video.

    Attributes:
        out: Folder that gets one folder a video.
        fps: Frames a second of folders of images, or in place of a video file's own time stamps.
        overlay: Whether to write ``overlay.mp4``.
        megc: Whether to write ``<out>/megc.csv``.
        labels: Labelled events, or None.
    """

    out: Path
    fps: float | None = None
    overlay: bool = False
    megc: bool = False
    labels: Sequence[LabelledRow] | None = None


def spot_videos(
    inputs: Sequence[str | Path], inferencer: SpottingInferencer, options: SpotOptions, reporter: SpotReporter
) -> int:
    """Spot videos one after the other; one that cannot be used does not stop the others.

    Args:
        inputs: Files, folders of images, folders of such.
        inferencer: The spotter.
        options: What to do.
        reporter: Is told what happens.

    Returns:
        0, or 1 if a video failed.
    """
    videos = named_videos(inputs)
    results: dict[str, SpotResult] = {}
    for video, name in videos.items():
        try:
            results[name] = spot_video(video, options.out / name, inferencer, options, reporter)
            if options.megc:
                write_submission(results, options.out / SUBMISSION)
        except Exception as error:  # whatever a broken file sets off, the other videos go on
            if os.environ.get(TRACEBACK_VARIABLE) == '1':
                raise
            known = is_user_error(error) or isinstance(error, OSError)
            hint = '' if known else f' ({TRACEBACK_VARIABLE}=1 shows where)'
            reporter.failed(video, describe(error) + hint)
    return FAILED_EXIT_CODE if len(results) < len(videos) else 0


def spot_video(
    video: Path, folder: Path, inferencer: SpottingInferencer, options: SpotOptions, reporter: SpotReporter
) -> SpotResult:
    """Spot one video and write its files.

    Args:
        video: The video.
        folder: Where its files go.
        inferencer: The spotter.
        options: What to do.
        reporter: Is told what happens.

    Returns:
        What was found.

    Raises:
        MESpotError: If the video cannot be used, or a label lies outside of it.
    """
    began = time.monotonic()
    source = open_video_source(video, options.fps)
    with ExitStack() as stack:
        crops: list[SpotCrops] = []

        def keep_crops() -> SpotCrops:
            crops.append(stack.enter_context(SpotCrops()))
            return crops[-1]

        results, working_fps = [], source.fps
        for run in inferencer.runs(source, crops=keep_crops, on_frame=reporter.progress):
            working_fps = run.fps
            reporter.start(video, 'spotting', source.total_frames)
            for interval in run:
                reporter.interval(video, interval)
            results.append(run.result)
        result = replace(join_faces(results, inferencer.face), path=str(video.resolve()))
        if options.labels is not None:
            rows = ground_truth_of(
                video, options.labels, result.total_frames, result.source_index, result.time_s
            )
            result = replace(result, ground_truth=rows)
        write_result(result, folder, crops)
    if options.overlay:
        reporter.start(video, 'overlay', source.total_frames)
        frames = resample(source, working_fps)
        write_overlay(result, frames, working_fps, folder / OVERLAY, reporter.progress)
    reporter.done(video, result, folder, time.monotonic() - began)
    return result


def parse_thresholds(text: str) -> dict[str, float]:
    """Read ``MaE=0.9,ME=0.8``, or one of the two.

    Raises:
        MESpotError: If it is something else.
    """
    chosen = {}
    for item in text.split(','):
        name, _, value = item.partition('=')
        try:
            chosen[name.strip()] = float(value)
        except ValueError:
            chosen[name.strip()] = float('nan')
        if name.strip() not in CLASSES or not 0 <= chosen[name.strip()] <= 1:
            raise MESpotError(f'--threshold: found {item!r}, expected such as MaE=0.9,ME=0.8, each in 0..1')
    return chosen
