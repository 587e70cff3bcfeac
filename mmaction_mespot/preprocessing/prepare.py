"""A whole data set from frames to a prepared folder: in parallel, resumable, past bad videos."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from mmaction_mespot.atomic_file import write_json, write_whole
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.folder_lock import folder_lock
from mmaction_mespot.intervals.frame_grid import grid_of

from .disk_use import disk_use
from .faces import find_face_models
from .preparation_plan import PreparationPlan, check_videos, plan_preparation
from .preparation_progress import PreparationProgress
from .preparation_result import PreparationResult
from .preparation_settings import PreparationSettings
from .shard import Shard
from .store.manifest import Manifest
from .video_jobs import run_here, run_parallel
from .video_task import VideoTask

RAWFRAMES_EVENTS = 'rawframes_events.txt'


def prepare_dataset(
    annotations: dict[str, Any],
    out: str | Path,
    settings: PreparationSettings | None = None,
    jobs: int = 1,
    shard: Shard | None = None,
) -> PreparationResult:
    """Prepare every video of an annotated data set, or one machine's share of them.

    Videos that an earlier run finished with the same settings are skipped. A bad video is noted, and the
    others go on. ``manifest.json`` lists all. ``annotations.json`` holds the good videos; it is written at
    the end, by the shard that finds no video left to another.

    Args:
        annotations: The common annotations, with ``metainfo.source_root``.
        out: The prepared folder; several processes may write different shards into it at a time.
        settings: What to write; streams of an earlier run with the same settings stay. Defaults to None:
            ``PreparationSettings()``.
        jobs: Processes. Defaults to 1: this one.
        shard: The share. Defaults to None: all videos.

    Returns:
        What was prepared, skipped, left, and why videos failed.

    Raises:
        MESpotError: A setting is out of its range, there is no video, no GPU where one is asked for, another
            process prepares the same videos into this folder, or the face networks can't be had.
    """
    settings = settings or PreparationSettings()
    if jobs < 1:
        raise MESpotError(f'jobs: found {jobs}, expected 1 or more')
    require_device(settings.device)
    check_videos(annotations, settings)
    out, shard = Path(out), shard or Shard()
    with folder_lock(out, f'prepare-{shard.index}-of-{shard.count}', _rivals(out, shard)):
        return _prepare(annotations, out, settings, jobs, shard)


def _rivals(out: Path, shard: Shard) -> list[str]:
    """Locks of runs that divide the videos in another way, so that both would work on some."""
    names = [path.name[1 : -len('.lock')] for path in out.glob('.prepare-*-of-*.lock')]
    return [name for name in names if not name.endswith(f'-of-{shard.count}')]


def _prepare(
    annotations: dict[str, Any], out: Path, settings: PreparationSettings, jobs: int, shard: Shard
) -> PreparationResult:
    manifest = Manifest(out)
    plan = plan_preparation(annotations, manifest, settings, shard)
    result = PreparationResult(skipped=plan.done)
    for video_id, reason in plan.failed.items():
        manifest.record_failure(video_id, reason)
        result.failed[video_id] = reason
    try:
        _run(plan, annotations['metainfo']['source_root'], manifest, jobs, result)
    finally:
        manifest.merge()
    videos = annotations['data_list']
    result.left = [video['video_id'] for video in videos if not _is_through(video, manifest, settings)]
    good = [video for video in videos if video['video_id'] in manifest.videos]
    result.disk = disk_use(manifest, good)
    if not result.left:
        good = [_with_grid(video, manifest.videos[video['video_id']]) for video in good]
        if settings.format == 'rawframes':
            _write_events(good, out / RAWFRAMES_EVENTS)
        write_json({**annotations, 'data_list': good}, out / 'annotations.json')
    return result


def require_device(device: str) -> None:
    """Check that torch has the device.

    Raises:
        MESpotError: It has not.
    """
    if device == 'cpu':
        return
    import torch  # slow to import, needed on the GPU only

    if not torch.cuda.is_available():
        raise MESpotError(f'device {device}: torch {torch.__version__} sees no GPU here; use the device cpu')


def _run(
    plan: PreparationPlan, source_root: str, manifest: Manifest, jobs: int, result: PreparationResult
) -> None:
    if not plan.todo:
        return
    models = find_face_models()
    tasks = [VideoTask(video, source_root, str(manifest.folder), kept, models) for video, kept in plan.todo]
    for task in tasks:
        manifest.forget(task.video['video_id'])
    with PreparationProgress(plan.frames, len(tasks)) as progress:
        run = run_here(tasks, progress) if jobs == 1 else run_parallel(tasks, jobs, progress)
        for task, record, reason in run:
            video_id = task.video['video_id']
            if record is None:
                manifest.record_failure(video_id, reason)
                result.failed[video_id] = reason
                progress.finish_video(f'{video_id}: FAILED, {reason}')
                continue
            manifest.record(video_id, record)
            result.prepared.append(video_id)
            notes = f'; {"; ".join(record["notes"])}' if record['notes'] else ''
            progress.finish_video(f'{video_id}: {task.video["total_frames"]} frames{notes}')


def _is_through(video: dict[str, Any], manifest: Manifest, settings: PreparationSettings) -> bool:
    """Whether some shard has finished this video with these settings, well or not."""
    video_id = video['video_id']
    if video_id in manifest.failed:
        return True
    record = manifest.videos.get(video_id)
    return record is not None and settings.made(record['parameters'], video) and manifest.is_whole(video_id)


def _with_grid(video: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    """The annotation entry of a prepared video; with its grid, unless the positions are the frames."""
    plain = {key: value for key, value in video.items() if key != 'grid'}
    return plain if record.get('grid') is None else {**plain, 'grid': record['grid']}


def _write_events(videos: list[dict[str, Any]], path: Path) -> None:
    """The list of events for MMAction2's ``RawframeDataset`` with ``with_offset``, in numbers of pictures."""
    lines = []
    for video in videos:
        grid = grid_of(video)
        for event in video['instances']:
            segment = np.array([event['segment']])
            pictures = segment if grid is None else grid.intervals_to_positions(segment)
            start = round(pictures[0, 0])
            end = max(round(pictures[0, 1]), start + 1)
            lines.append(f'{video["video_id"]} {start} {end - start} {event["label"]}\n')
    write_whole(path, ''.join(lines))
