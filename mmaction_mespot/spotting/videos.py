"""Spot files on disk and write what was found: ``tools/spot.py``."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from mmaction_mespot.preprocessing.video import open_video_source, resample
from mmaction_mespot.spotting.crops import SpotCrops
from mmaction_mespot.spotting.dry_run import describe_run
from mmaction_mespot.spotting.ground_truth import LabelledRow, check_labels, ground_truth_of
from mmaction_mespot.spotting.inferencer import SpottingInferencer
from mmaction_mespot.spotting.inputs import named_videos
from mmaction_mespot.spotting.jobs import SpotOutcome, SpotterSetup, run_claimed, run_parallel
from mmaction_mespot.spotting.outputs import (
    OVERLAY,
    write_overlay,
    write_result,
    write_submission,
)
from mmaction_mespot.spotting.record import RECORD, is_finished, run_record, write_record
from mmaction_mespot.spotting.reporter import SpotReporter
from mmaction_mespot.spotting.result import Spotting, join_faces
from mmaction_mespot.study.tables import check_meta, write_study

FAILED_EXIT_CODE = 1
SUBMISSION = 'megc.csv'


@dataclass(frozen=True)
class SpotOptions:
    """What to do with each video.

    Attributes:
        out: Folder that gets one folder per video.
        fps: Frames per second of folders of images, or in place of a video file's own time stamps.
        overlay: Whether to write ``overlay.mp4``.
        megc: Whether to write ``<out>/megc.csv``.
        labels: Labelled events, or None.
        redo: Whether videos that are finished are spotted again.
        meta: The study's own table for ``study.csv``, or None.
    """

    out: Path
    fps: float | None = None
    overlay: bool = False
    megc: bool = False
    labels: Sequence[LabelledRow] | None = None
    redo: bool = False
    meta: Path | None = None


def spot_videos(
    inputs: Sequence[str | Path],
    inferencer: SpottingInferencer,
    options: SpotOptions,
    reporter: SpotReporter,
    jobs: int = 1,
    setup: SpotterSetup | None = None,
) -> int:
    """Spot videos; one that cannot be used does not stop the others.

    Videos that an earlier run finished with the same model, settings and file are passed over. Several runs
    of the same command, also on several machines, share the videos. At the end the tables of the whole study
    are written, and ``failures.csv``.

    Args:
        inputs: Files, folders of images, folders of such.
        inferencer: The spotter.
        options: What to do.
        reporter: Is told what happens.
        jobs: Processes. Defaults to 1: this one.
        setup: How further processes make the same spotter; needed for more than one job.

    Returns:
        0, or 1 if a video failed.

    Raises:
        MESpotError: If no row of the labels names one of the videos.
    """
    if options.meta is not None:
        check_meta(options.meta)
    others: list[Path] = []
    videos = named_videos(inputs, others)
    unused = check_labels(options.labels or (), list(videos))
    reporter.spotter(inferencer.model)
    reporter.passed_over(others, [f'row {row.row} ({row.video})' for row in unused])
    folders = [(video, options.out / name) for video, name in videos.items()]
    states: list[str] = []
    outcomes: Iterator[SpotOutcome]
    began = time.monotonic()
    if jobs == 1 or setup is None:
        work = partial(spot_unless_finished, options=options, reporter=reporter)
        outcomes = (run_claimed(work, video, folder, inferencer) for video, folder in folders)
    else:
        work = partial(spot_unless_finished, options=options, reporter=SpotReporter('quiet'))
        outcomes = run_parallel(work, setup, folders, jobs)
    for outcome in outcomes:
        states.append(outcome.state)
        if outcome.state == 'failed':
            reporter.failed(outcome.video, outcome.error)
        elif jobs > 1 or outcome.state != 'done':
            reporter.ended(outcome.video, outcome.state, outcome.folder, outcome.seconds)
        if len(folders) > 1:
            reporter.overall(len(states), len(folders), states.count('done'), time.monotonic() - began)
    if len(folders) > 1 or options.meta is not None:
        write_study(options.out, options.meta)
    if options.megc:
        write_submission(
            dict((name, options.out / name) for name in videos.values()), options.out / SUBMISSION
        )
    return FAILED_EXIT_CODE if 'failed' in states else 0


def plan_videos(
    inputs: Sequence[str | Path], inferencer: SpottingInferencer, options: SpotOptions, jobs: int = 1
) -> str:
    """Say what :func:`spot_videos` would do, without doing it; arguments and errors as there."""
    videos = named_videos(inputs)
    check_labels(options.labels or (), list(videos))
    todo, finished = [], []
    for video, name in videos.items():
        folder = options.out / name
        if not options.redo and is_finished(folder, _record(video, inferencer, options)):
            finished.append(folder)
        else:
            todo.append((video, folder))
    return describe_run(todo, finished, inferencer, options.fps, jobs)


def spot_unless_finished(
    video: Path, folder: Path, inferencer: SpottingInferencer, options: SpotOptions, reporter: SpotReporter
) -> SpotOutcome:
    """Spot one video, or pass over it where its results are there; arguments and errors as of
    :func:`spot_video`.
    """
    record = _record(video, inferencer, options)
    if not options.redo and is_finished(folder, record):
        return SpotOutcome(video, folder, 'skipped')
    began = time.monotonic()
    spot_video(video, folder, inferencer, options, reporter)
    write_record(folder, record)
    return SpotOutcome(video, folder, 'done', seconds=time.monotonic() - began)


def spot_video(
    video: Path, folder: Path, inferencer: SpottingInferencer, options: SpotOptions, reporter: SpotReporter
) -> Spotting:
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
    (folder / RECORD).unlink(missing_ok=True)
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


def _record(video: Path, inferencer: SpottingInferencer, options: SpotOptions) -> dict[str, Any]:
    labels = None if options.labels is None else [str(row) for row in options.labels]
    return run_record(video, inferencer, fps=options.fps, overlay=options.overlay, labels=labels)
