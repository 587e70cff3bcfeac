"""Makes a synthetic data set on disk: in parallel, resumable, each video whole or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import cv2
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from mmaction_mespot.atomic_file import naming, remove, remove_leftovers, temporary_name
from mmaction_mespot.contained import path_inside
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.folder_lock import folder_lock
from mmaction_mespot.strict_json import read_json
from mmaction_mespot.synthetic.events import event_list_checksum, plan_dataset
from mmaction_mespot.synthetic.layout import (
    WORKBOOK,
    frame_name,
    write_atomically,
    write_sidecars,
    write_workbook,
)
from mmaction_mespot.synthetic.recipes import SIZES
from mmaction_mespot.synthetic.renderer import Renderer
from mmaction_mespot.synthetic.stills import PersonStills, find_people
from mmaction_mespot.synthetic.video_plan import VideoPlan
from mmaction_mespot.worker_processes import finished, run_in_processes

Task = tuple[VideoPlan, PersonStills, Path]

SYNTHME_V1 = '895c71a632a9ca8d0adec4f510ba41877253fbdb2d9330d7692bb14ecbbae632'
"""SHA-256 of the event list of the size `standard` with seed 0: the benchmark `synthme-v1`."""

LOCK = 'make_synthetic'
"""Name of the lock of the folder in which a data set is made."""

_PROGRESS = '.drawn'
# Raised whenever frames of an equal plan come to look different, so that old ones are drawn again.
_DRAWING_VERSION = 1


def make_dataset(
    out: Path,
    size: str = 'standard',
    parts: Sequence[str] | None = None,
    faces: Path | None = None,
    jobs: int = 1,
    seed: int = 0,
) -> list[Path]:
    """Make a data set.

    Args:
        out: Folder that gets one root a part.
        size: A key of `SIZES`.
        parts: Parts to make; those of the size if None.
        faces: Folder of face stills; the ORL faces if None.
        jobs: Number of processes.
        seed: Seed of everything.

    Returns:
        The roots, one per part, each in the layout of CAS(ME)^2.

    Raises:
        MESpotError: On an unknown size or part, too few people, a still without a face, or where another
            process makes a data set in this folder.
        MESpotError: If the event list of the benchmark is not the published one.
    """
    if size not in SIZES:
        raise MESpotError(f'Unknown size {size!r}; expected one of {", ".join(SIZES)}.')
    people = find_people(faces)
    plans = plan_dataset(SIZES[size], parts, seed, len(people))
    if size == 'standard' and seed == 0 and len(people) == 40:
        check_benchmark()
    tasks = [(plan, people[plan.person - 1], out / plan.part) for plan in plans]
    with folder_lock(out, LOCK):
        for part in dict.fromkeys(plan.part for plan in plans):
            remove_leftovers(out / part / _PROGRESS)
            _remove_stale(out / part, {plan.folder for plan in plans if plan.part == part})
        _run([task for task in tasks if not is_made(*task)], jobs)
        roots = []
        for part in dict.fromkeys(plan.part for plan in plans):
            root, own = out / part, [plan for plan in plans if plan.part == part]
            write_sidecars(root, part, own, event_list_checksum(own))
            write_workbook(root / WORKBOOK, own)
            roots.append(root)
    return roots


def check_benchmark() -> None:
    """Check that this machine samples the published event list of the benchmark.

    Raises:
        MESpotError: If it does not.
    """
    found = event_list_checksum(plan_dataset(SIZES['standard']))
    if found != SYNTHME_V1:
        raise MESpotError(
            f'The event list of synthme-v1 has the SHA-256 {found} here, expected {SYNTHME_V1}: '
            'results on it could not be compared.'
        )


def make_video(plan: VideoPlan, stills: PersonStills, root: Path) -> bool:
    """Draw and store one video, unless it is there already.

    Args:
        plan: Its plan.
        stills: Stills of its person.
        root: Root of the part.

    Returns:
        Whether it was drawn.
    """
    if is_made(plan, stills, root):
        return False
    cv2.setNumThreads(1)
    folder, marker = path_inside(root, plan.folder, plan.video_id), _marker(plan, root)
    folder.parent.mkdir(parents=True, exist_ok=True)
    renderer = Renderer(plan, stills)
    quality = [cv2.IMWRITE_JPEG_QUALITY, plan.camera.quality]
    partial = root / _PROGRESS / temporary_name(plan.video_id)
    try:
        with naming(folder, partial):
            partial.mkdir(parents=True)
            for index in range(plan.total_frames):
                _, data = cv2.imencode('.jpg', renderer.frame(index), quality)
                (partial / frame_name(index)).write_bytes(data.tobytes())
            marker.unlink(missing_ok=True)
            remove(folder)
            partial.rename(folder)
    finally:
        with suppress(OSError):  # what led here says more
            remove(partial)
    write_atomically(marker, json.dumps(_marker_content(plan, stills)).encode())
    return True


def is_made(plan: VideoPlan, stills: PersonStills, root: Path) -> bool:
    """Whether a video is there, whole, and drawn from this very plan and these stills."""
    marker, folder = _marker(plan, root), root / plan.folder
    if not marker.is_file() or _read_marker(marker) != _marker_content(plan, stills):
        return False
    return folder.is_dir() and len(list(folder.glob('img*.jpg'))) == plan.total_frames


def _remove_stale(root: Path, folders: set[str]) -> None:
    """Remove what an earlier run drew into this root for another plan; nothing else is touched."""
    for marker in sorted((root / _PROGRESS).glob('*.json')):
        drawn = _read_marker(marker)
        folder = path_inside(root, drawn.get('folder'), f'{marker}: folder')
        if drawn['folder'] not in folders:
            remove(folder)
            marker.unlink()
            if (subject := folder.parent) != root and subject.is_dir() and not any(subject.iterdir()):
                subject.rmdir()


def _read_marker(path: Path) -> dict[str, Any]:
    drawn = read_json(path)
    if not isinstance(drawn, dict):
        raise MESpotError(f'{path}: found {drawn!r:.60}, expected an object; remove the file to go on')
    return drawn


def _marker(plan: VideoPlan, root: Path) -> Path:
    return root / _PROGRESS / f'{plan.video_id}.json'


def _marker_content(plan: VideoPlan, stills: PersonStills) -> dict[str, str]:
    names = [f'{path.parent.name}/{path.name}' for path in stills.resting + stills.others]
    text = json.dumps([_DRAWING_VERSION, plan.as_dict(), names], sort_keys=True)
    return {'folder': plan.folder, 'plan': hashlib.sha256(text.encode()).hexdigest()}


def _run(tasks: list[Task], jobs: int) -> None:
    columns = (TextColumn('{task.description}'), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    if not tasks:
        return
    with Progress(*columns) as progress:
        bar = progress.add_task('frames', total=sum(plan.total_frames for plan, _, _ in tasks))
        if jobs <= 1:
            for plan, stills, root in tasks:
                make_video(plan, stills, root)
                progress.advance(bar, plan.total_frames)
            return
        for ended in run_in_processes(_make, tasks, min(jobs, len(tasks))):
            plan, _, root = ended.item
            finished(ended, root / plan.folder)
            progress.advance(bar, plan.total_frames)


def _make(task: Task) -> bool:
    return make_video(*task)
