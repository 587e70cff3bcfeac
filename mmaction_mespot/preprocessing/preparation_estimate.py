"""How long a preparation will take and how much disk, measured on a few frames; nothing is kept."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import h5py

from mmaction_mespot.errors import MESpotError

from .disk_use import format_bytes
from .faces import FaceTracker, find_face_models
from .preparation_plan import PreparationPlan, plan_preparation
from .preparation_progress import format_duration
from .preparation_settings import PreparationSettings
from .prepare import require_device
from .shard import Shard
from .store.manifest import Manifest, file_record
from .store.store_format import OFFSETS
from .video_preparation import prepare_video

SAMPLE_FRAMES, WARM_UP_FRAMES, MOST_TRIES = 60, 4, 3


@dataclass
class PreparationEstimate:
    """What a run would do.

    Attributes:
        plan: The videos, by what has to be done with them.
        jobs: Processes that would work at a time.
        seconds_per_frame: Measured time of one process; None where no video could be measured.
        bytes_per_frame: Measured bytes per frame, by stream.
        sample: Which frames were measured, or why none could be.
    """

    plan: PreparationPlan
    jobs: int
    seconds_per_frame: float | None = None
    bytes_per_frame: dict[str, float] = field(default_factory=dict)
    sample: str = ''

    def __str__(self) -> str:
        plan = self.plan
        lines = [
            f'dry run, nothing is written: {len(plan.done)} videos done, {len(plan.todo)} left '
            f'({plan.frames} frames), {len(plan.failed)} bad'
        ]
        lines += [f'bad: {video_id}: {reason}' for video_id, reason in plan.failed.items()]
        if self.seconds_per_frame is not None:
            each = {name: size * plan.frames for name, size in sorted(self.bytes_per_frame.items())}
            parts = ', '.join(f'{name} {format_bytes(size)}' for name, size in each.items())
            duration = format_duration(self.seconds_per_frame * plan.frames / self.jobs)
            lines += [
                f'about {duration} with {self.jobs} working at a time, {format_bytes(sum(each.values()))} '
                f'of disk ({parts})',
                f'measured on {self.sample}: {self.seconds_per_frame * 1e3:.1f} ms per frame in one process; '
                'other videos of other sizes differ',
            ]
        elif self.sample:
            lines.append(f'no estimate of time and disk: {self.sample}')
        return '\n'.join(lines)


def estimate_preparation(
    annotations: dict[str, Any],
    out: str | Path,
    settings: PreparationSettings,
    jobs: int = 1,
    shard: Shard | None = None,
) -> PreparationEstimate:
    """Say what :func:`~mmaction_mespot.preprocessing.prepare.prepare_dataset` would do, without doing it.

    The first 60 frames of a video that is left are prepared into a temporary folder of the system, on one
    thread; time and bytes are taken as proportional to the frames, the time as shared among the processes, as
    far as there are cores and videos.

    Raises:
        ValueError: As for ``prepare_dataset``.
        MESpotError: The face networks are unavailable.
    """
    require_device(settings.device)
    plan = plan_preparation(annotations, Manifest(out), settings, shard or Shard())
    estimate = PreparationEstimate(plan, max(1, min(jobs, os.cpu_count() or 1, len(plan.todo))))
    if not plan.todo:
        return estimate
    tracker, threads = FaceTracker(find_face_models()), cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        for video, kept in plan.todo[:MOST_TRIES]:
            try:
                _measure(video, annotations['metainfo']['source_root'], kept, tracker, estimate)
            except (MESpotError, OSError) as error:
                estimate.sample = str(error)
            else:
                break
    finally:
        cv2.setNumThreads(threads)
    return estimate


def _measure(
    video: dict[str, Any],
    source_root: str,
    settings: PreparationSettings,
    tracker: FaceTracker,
    estimate: PreparationEstimate,
) -> None:
    frames = min(SAMPLE_FRAMES, video['total_frames'])
    with tempfile.TemporaryDirectory(prefix='mespot_dry_run_') as folder:
        warm_up = {**video, 'total_frames': min(WARM_UP_FRAMES, frames)}
        prepare_video(warm_up, source_root, folder, settings, tracker)  # compiles
        begin = time.perf_counter()
        record = prepare_video({**video, 'total_frames': frames}, source_root, folder, settings, tracker)
        estimate.seconds_per_frame = (time.perf_counter() - begin) / frames
        for name in record['files']:
            estimate.bytes_per_frame[name.split('/')[0]] = _bytes(Path(folder) / name) / frames
    estimate.sample = f'the first {frames} frames of {video["video_id"]}'


def _bytes(path: Path) -> int:
    """Bytes of the data alone: what HDF5 allocates ahead is much of a file of a few frames."""
    if path.is_dir():
        return int(file_record(path)['bytes'])
    with h5py.File(path) as file:
        if OFFSETS in file:
            return int(file[OFFSETS][-1])
        datasets = [file[name] for name in file]
        return sum(data.id.get_storage_size() if data.compression else data.nbytes for data in datasets)
