"""Makes `synthme-v2` on disk: H.264 films and a label table, in parallel, each film whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from mmaction_mespot.atomic_file import whole_file
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.folder_lock import folder_lock
from mmaction_mespot.synthetic.events import SPLITS, assign_people
from mmaction_mespot.synthetic.layout import write_atomically
from mmaction_mespot.synthetic.make import LOCK
from mmaction_mespot.synthetic.recipes import SIZES
from mmaction_mespot.synthetic.stills import PersonStills, find_people
from mmaction_mespot.synthetic.v2.carrier_clip import read_known_events, track_clip
from mmaction_mespot.synthetic.v2.carrier_plan import SECONDS as CARRIER_SECONDS
from mmaction_mespot.synthetic.v2.carrier_plan import Carrier, CarrierPlan, find_carriers, plan_carrier
from mmaction_mespot.synthetic.v2.carrier_renderer import CarrierRenderer
from mmaction_mespot.synthetic.v2.no_face import NoFaceRenderer
from mmaction_mespot.synthetic.v2.plan import PARTS, SECONDS, FilmPlan, plan_film
from mmaction_mespot.synthetic.v2.renderer import FilmRenderer, can_morph
from mmaction_mespot.worker_processes import finished, run_in_processes

_DRAWING_VERSION = 2
_SHARES = (0.6, 0.135, 0.265)
_MARKERS = '.drawn'
Cast = dict[str, tuple[str, PersonStills]]
"""People by name, each with the split and the stills."""
Material = PersonStills | Path | None
"""What a film is made of: the stills of a person, the file of a real clip, or nothing."""
Task = tuple[FilmPlan, Material, Path]


def find_cast(faces: Path | None, seed: int = 0) -> Cast:
    """People by name, each with the split: the folder's people, and those of ORL with their splits of v1.

    Args:
        faces: Folder of face stills; None for the ORL faces alone.
        seed: Seed of the splits.

    Returns:
        Name -> split and stills.

    Raises:
        FileNotFoundError: If there are no stills.
        MESpotError: If the folder holds fewer than three people.
    """
    cast: Cast = {}
    if faces is not None:
        people = find_people(faces)
        if len(people) < len(SPLITS):
            raise MESpotError(f'{faces}: found {len(people)} people, expected at least {len(SPLITS)}.')
        for number, split in enumerate(_split_people(len(people), seed)):
            path = people[number].resting[0]
            stem = (
                path.parent.name
                if path.parent.parent == faces and path.parent.name != 'neutral'
                else path.stem
            )
            name = 'f' + re.sub(r'[^A-Za-z0-9]+', '-', stem)
            if name in cast:
                raise MESpotError(f'{faces}: two people are called {name}.')
            cast[name] = (split, people[number])
    orl = find_people(None)
    for person, split in assign_people(SIZES['standard'], 0, len(orl)).items():
        cast[f'orl{person:02d}'] = (split, orl[person - 1])
    return cast


def _split_people(count: int, seed: int) -> list[str]:
    """Split of each of at least three people."""
    val, test = (max(1, round(share * count)) for share in _SHARES[1:])
    names = np.repeat(SPLITS, (count - val - test, val, test)).tolist()
    order = np.random.default_rng([seed, 17]).permutation(count).tolist()
    return [split for _, split in sorted(zip(order, names, strict=True))]


def plan_films(
    part: str,
    cast: Cast,
    scale: float = 1.0,
    seed: int = 0,
    carriers: Mapping[str, list[Carrier]] | None = None,
) -> list[FilmPlan]:
    """Plans of a part: everybody's first film, then everybody's second, until the minutes are reached.

    Args:
        part: Key of `PARTS`.
        cast: People by name, see `find_cast`.
        scale: Factor on the minutes of the part.
        seed: Seed.
        carriers: People of real clips, for `carrier`. Defaults to None.

    Returns:
        The plans; those of a smaller scale are a prefix within each split. Parts of morphs have those
        people whose stills differ enough.

    Raises:
        MESpotError: On an unknown part or a scale that is not positive.
    """
    if part not in PARTS:
        raise MESpotError(f'Unknown part {part!r}; expected one of {", ".join(PARTS)}.')
    if not 0 < scale < float('inf'):
        raise MESpotError(f'scale: found {scale}, expected a positive number.')
    plans: list[FilmPlan] = []
    if PARTS[part].footage:
        people = carriers or {}
        splits = dict(zip(people, _split_people(len(people), seed), strict=True)) if people else {}
        for split, minutes in zip(SPLITS, PARTS[part].minutes, strict=True):
            names = [name for name in people if splits[name] == split]
            count = int(np.ceil(scale * minutes * 60 / CARRIER_SECONDS)) if names else 0
            for i in range(count):
                name = names[i % len(names)]
                plans.append(plan_carrier(split, name, i // len(names), people[name], seed))
        return plans
    for split, minutes in zip(SPLITS, PARTS[part].minutes, strict=True):
        names = [name for name, (own, _) in cast.items() if own == split]
        if not PARTS[part].face:
            names = [f'scene-{split}']
        count = int(np.ceil(scale * minutes * 60 / SECONDS)) if names else 0
        if PARTS[part].morph:
            names = list(islice((name for name in names if can_morph(cast[name][1])), count))
            count = count if names else 0
        plans += [plan_film(part, split, names[i % len(names)], i // len(names), seed) for i in range(count)]
    return plans


def make_films(
    out: Path,
    parts: Sequence[str] | None = None,
    faces: Path | None = None,
    jobs: int = 1,
    seed: int = 0,
    scale: float = 1.0,
    carriers: Path | None = None,
    carrier_labels: Path | None = None,
) -> list[Path]:
    """Make parts of `synthme-v2`.

    Args:
        out: Folder that gets one root a part.
        parts: Keys of `PARTS`; if None all, `carrier` only where `carriers` is given.
        faces: Folder of face stills that join those of ORL.
        jobs: Number of processes.
        seed: Seed of everything.
        scale: Factor on the minutes of each part.
        carriers: Folder of real clips, which the part `carrier` needs, see `find_clips`.
        carrier_labels: Expressions known to be in the clips, see `read_known_events`; they are left out.

    Returns:
        The roots, which `tools/prepare.py own` reads.

    Raises:
        MESpotError: On an unknown part, or a folder of faces that does not do.
        FileNotFoundError: If there are no stills.
    """
    chosen = parts or [part for part in PARTS if carriers is not None or not PARTS[part].footage]
    people: dict[str, list[Carrier]] = {}
    if any(part in PARTS and PARTS[part].footage for part in chosen):
        if carriers is None:
            raise MESpotError('--carriers: found none, expected a folder of real clips for the part carrier.')
        known = read_known_events(carrier_labels) if carrier_labels is not None else {}
        people, notes = find_carriers(carriers, out / 'carrier' / _MARKERS, known)
        for note in notes:
            print(note, flush=True)
    cast = find_cast(faces, seed)
    planned = {part: plan_films(part, cast, scale, seed, people) for part in chosen}
    tasks: list[Task] = []
    for part, plans in planned.items():
        for plan in plans:
            material: Material = cast[plan.subject][1] if plan.subject in cast else None
            if isinstance(plan, CarrierPlan):
                material = next(c.path for c, _ in people[plan.subject] if c.path.name == plan.clip)
            tasks.append((plan, material, out / part))
    with folder_lock(out, LOCK):
        _run([task for task in tasks if not is_made(*task)], jobs)
        for part, plans in planned.items():
            files = {plan.file for plan in plans}
            for marker in sorted((out / part / _MARKERS).glob('*.txt')):
                if (name := f'videos/{marker.stem}.mp4') not in files:
                    marker.unlink()
                    (out / part / name).unlink(missing_ok=True)
            _write_tables(out / part, part, plans)
    return [out / part for part in planned]


def is_made(plan: FilmPlan, material: Material, root: Path) -> bool:
    """Whether a film is there, drawn from this very plan and these stills or this clip."""
    marker = root / _MARKERS / f'{Path(plan.file).stem}.txt'
    return (root / plan.file).is_file() and marker.is_file() and marker.read_text() == _key(plan, material)


def make_film(plan: FilmPlan, material: Material, root: Path) -> None:
    """Draw and store one film."""
    cv2.setNumThreads(1)
    camera = plan.camera
    renderer = _renderer(plan, material, root)
    rng = np.random.default_rng([plan.seed, 3])
    steps = np.zeros(plan.total_frames)
    for _ in range(int(rng.poisson(camera.exposure_steps * plan.total_frames / camera.fps / 60))):
        begin, length = rng.uniform(0, plan.total_frames), rng.uniform(0.1, 0.6) * camera.fps
        ramp = np.clip((np.arange(plan.total_frames) - begin) / length, 0, 1)
        steps = steps + rng.uniform(-0.12, 0.12) * ramp
    gains = np.exp(np.clip(steps, -0.25, 0.2))
    lost = rng.random(plan.total_frames) < camera.drops
    path = root / plan.file
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as temporary, av.open(str(temporary), 'w', format='mp4') as container:
        stream = container.add_stream('libx264', rate=camera.fps)
        stream.width, stream.height, stream.pix_fmt = camera.width, camera.height, 'yuv420p'
        stream.codec_context.gop_size = camera.gop
        stream.codec_context.thread_count = 1
        stream.options = {'preset': 'superfast', 'crf': str(camera.crf)}
        shown: np.ndarray | None = None
        for index in range(plan.total_frames):
            if shown is None or not lost[index]:
                drawn = renderer.frame(index)
                if gains[index] != 1.0:
                    drawn = cv2.convertScaleAbs(drawn, alpha=float(gains[index]))
                if camera.denoise and shown is not None:
                    drawn = _still_skin(drawn, shown, camera.denoise)
                shown = drawn
            picture = av.VideoFrame.from_ndarray(shown, format='gray' if shown.ndim == 2 else 'bgr24')
            container.mux(stream.encode(picture.reformat(format='yuv420p')))
        container.mux(stream.encode())
    write_atomically(root / _MARKERS / f'{path.stem}.txt', _key(plan, material).encode())


def _renderer(
    plan: FilmPlan, material: Material, root: Path
) -> NoFaceRenderer | FilmRenderer | CarrierRenderer:
    if isinstance(plan, CarrierPlan) and isinstance(material, Path):
        return CarrierRenderer(plan, track_clip(material, root / _MARKERS))
    return FilmRenderer(plan, material) if isinstance(material, PersonStills) else NoFaceRenderer(plan)


def _still_skin(drawn: np.ndarray, shown: np.ndarray, threshold: float) -> np.ndarray:
    """A camera's de-noising: where the smoothed change is small, the old frame stays."""
    change = cv2.GaussianBlur(cv2.absdiff(drawn, shown), (0, 0), 2.0)
    if change.ndim == 3:
        change = change.max(-1)
    keep = change < threshold
    return np.where(keep if drawn.ndim == 2 else keep[..., None], shown, drawn)


def _key(plan: FilmPlan, material: Material) -> str:
    names = []
    if isinstance(material, PersonStills):
        names = [f'{path.parent.name}/{path.name}' for path in material.resting + material.others]
    elif material is not None:
        names = [f'{material.name} {material.stat().st_size}']
    text = json.dumps([_DRAWING_VERSION, plan.as_dict(), names], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _write_tables(root: Path, part: str, plans: Sequence[FilmPlan]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator='\n')
    writer.writerow(['video', 'onset', 'apex', 'offset', 'type', 'subject'])
    for plan in plans:
        rows = [(event.label, event.kind) for event in plan.events if event.label is not None]
        for label, kind in rows:
            writer.writerow([plan.file, *(frame + 1 for frame in label), kind, plan.subject])
        if not rows:
            writer.writerow([plan.file, '', '', '', '', plan.subject])
    write_atomically(root / 'labels.csv', text.getvalue().encode())
    splits = {name: sorted({plan.subject for plan in plans if plan.split == name}) for name in SPLITS}
    truth = {'part': part, 'videos': [plan.as_dict() for plan in plans]}
    write_atomically(
        root / 'splits.json', (json.dumps({'part': part, 'splits': splits}, indent=1) + '\n').encode()
    )
    write_atomically(root / 'events.json', (json.dumps(truth, indent=1) + '\n').encode())


def _run(tasks: list[Task], jobs: int) -> None:
    columns = (TextColumn('{task.description}'), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    if not tasks:
        return
    with Progress(*columns) as progress:
        bar = progress.add_task('films', total=len(tasks))
        if jobs <= 1:
            for task in tasks:
                make_film(*task)
                progress.advance(bar)
            return
        for ended in run_in_processes(_make, tasks, min(jobs, len(tasks))):
            plan, _, root = ended.item
            finished(ended, root / plan.file)
            progress.advance(bar)


def _make(task: Task) -> None:
    make_film(*task)
