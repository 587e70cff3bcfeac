"""Makes `synthme-v2` on disk: H.264 films and a label table, in parallel, each film whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

import av
import cv2
import numpy as np
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from mmaction_mespot.atomic_file import whole_file
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.faces.models import fetch_face_models
from mmaction_mespot.synthetic.events import SPLITS, assign_people
from mmaction_mespot.synthetic.layout import write_atomically
from mmaction_mespot.synthetic.recipes import SIZES
from mmaction_mespot.synthetic.stills import PersonStills, find_people
from mmaction_mespot.synthetic.v2.no_face import NoFaceRenderer
from mmaction_mespot.synthetic.v2.plan import PARTS, SECONDS, FilmPlan, plan_film
from mmaction_mespot.synthetic.v2.renderer import FilmRenderer

_DRAWING_VERSION = 2
_SHARES = (0.6, 0.135, 0.265)
_MARKERS = '.drawn'


def find_cast(faces: Path | None, seed: int = 0) -> dict[str, tuple[str, PersonStills]]:
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
    cast: dict[str, tuple[str, PersonStills]] = {}
    if faces is not None:
        people = find_people(faces)
        if len(people) < len(SPLITS):
            raise MESpotError(f'{faces}: found {len(people)} people, expected at least {len(SPLITS)}.')
        val = max(1, round(_SHARES[1] * len(people)))
        test = max(1, round(_SHARES[2] * len(people)))
        names = np.repeat(SPLITS, (len(people) - val - test, val, test))
        order = np.random.default_rng([seed, 17]).permutation(len(people))
        for number, split in sorted(zip(order, names, strict=True)):
            path = people[number].resting[0]
            stem = (
                path.parent.name
                if path.parent.parent == faces and path.parent.name != 'neutral'
                else path.stem
            )
            name = 'f' + re.sub(r'[^A-Za-z0-9]+', '-', stem)
            if name in cast:
                raise MESpotError(f'{faces}: two people are called {name}.')
            cast[name] = (str(split), people[number])
    orl = find_people(None)
    for person, split in assign_people(SIZES['standard'], 0, len(orl)).items():
        cast[f'orl{person:02d}'] = (split, orl[person - 1])
    return cast


def plan_films(
    part: str, cast: Mapping[str, tuple[str, PersonStills]], scale: float = 1.0, seed: int = 0
) -> list[FilmPlan]:
    """Plans of a part: everybody's first film, then everybody's second, until the minutes are reached.

    Args:
        part: Key of `PARTS`.
        cast: People by name, see `find_cast`.
        scale: Factor on the minutes of the part.
        seed: Seed.

    Returns:
        The plans; those of a smaller scale are a prefix within each split.

    Raises:
        MESpotError: On an unknown part or a scale that is not positive.
    """
    if part not in PARTS:
        raise MESpotError(f'Unknown part {part!r}; expected one of {", ".join(PARTS)}.')
    if not 0 < scale < float('inf'):
        raise MESpotError(f'scale: found {scale}, expected a positive number.')
    plans = []
    for split, minutes in zip(SPLITS, PARTS[part].minutes, strict=True):
        names = [name for name, (own, _) in cast.items() if own == split]
        if not PARTS[part].face:
            names = [f'scene-{split}']
        if part == 'morph':
            names = [name for name in names if cast[name][1].others]
        count = int(np.ceil(scale * minutes * 60 / SECONDS)) if names else 0
        plans += [plan_film(part, split, names[i % len(names)], i // len(names), seed) for i in range(count)]
    return plans


def make_films(
    out: Path,
    parts: Sequence[str] | None = None,
    faces: Path | None = None,
    jobs: int = 1,
    seed: int = 0,
    scale: float = 1.0,
) -> list[Path]:
    """Make parts of `synthme-v2`.

    Args:
        out: Folder that gets one root a part.
        parts: Keys of `PARTS`; all if None.
        faces: Folder of face stills that join those of ORL.
        jobs: Number of processes.
        seed: Seed of everything.
        scale: Factor on the minutes of each part.

    Returns:
        The roots, which `tools/prepare.py own` reads.

    Raises:
        MESpotError: On an unknown part, or a folder of faces that does not do.
        FileNotFoundError: If there are no stills.
    """
    cast = find_cast(faces, seed)
    planned = {part: plan_films(part, cast, scale, seed) for part in parts or PARTS}
    fetch_face_models()
    tasks = [
        (plan, cast[plan.subject][1] if plan.subject in cast else None, out / part)
        for part, plans in planned.items()
        for plan in plans
    ]
    _run([task for task in tasks if not is_made(*task)], jobs)
    for part, plans in planned.items():
        files = {plan.file for plan in plans}
        for marker in sorted((out / part / _MARKERS).glob('*.txt')):
            if (name := f'videos/{marker.stem}.mp4') not in files:
                marker.unlink()
                (out / part / name).unlink(missing_ok=True)
        _write_tables(out / part, part, plans)
    return [out / part for part in planned]


def is_made(plan: FilmPlan, stills: PersonStills | None, root: Path) -> bool:
    """Whether a film is there, drawn from this very plan and these stills."""
    marker = root / _MARKERS / f'{Path(plan.file).stem}.txt'
    return (root / plan.file).is_file() and marker.is_file() and marker.read_text() == _key(plan, stills)


def make_film(plan: FilmPlan, stills: PersonStills | None, root: Path) -> None:
    """Draw and store one film."""
    cv2.setNumThreads(1)
    camera = plan.camera
    renderer = NoFaceRenderer(plan) if stills is None else FilmRenderer(plan, stills)
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
    write_atomically(root / _MARKERS / f'{path.stem}.txt', _key(plan, stills).encode())


def _still_skin(drawn: np.ndarray, shown: np.ndarray, threshold: float) -> np.ndarray:
    """A camera's de-noising: where the smoothed change is small, the old frame stays."""
    change = cv2.GaussianBlur(cv2.absdiff(drawn, shown), (0, 0), 2.0)
    if change.ndim == 3:
        change = change.max(-1)
    keep = change < threshold
    return np.where(keep if drawn.ndim == 2 else keep[..., None], shown, drawn)


def _key(plan: FilmPlan, stills: PersonStills | None) -> str:
    names = [f'{p.parent.name}/{p.name}' for p in stills.resting + stills.others] if stills else []
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


def _run(tasks: list[tuple[FilmPlan, PersonStills | None, Path]], jobs: int) -> None:
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
        with ProcessPoolExecutor(min(jobs, len(tasks)), mp_context=get_context('spawn')) as pool:
            futures = [pool.submit(make_film, *task) for task in tasks]
            try:
                for future in as_completed(futures):
                    future.result()
                    progress.advance(bar)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
