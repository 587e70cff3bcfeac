"""The benchmark on raw videos: known events, spotted as a user's own, every result kept on disk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rich.progress import track

from mmaction_mespot.annotations.own import read_own
from mmaction_mespot.atomic_file import whole_file
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES, Detections
from mmaction_mespot.preprocessing.faces import FaceTracker
from mmaction_mespot.preprocessing.video import NoFaceVideoError, open_video_source
from mmaction_mespot.reports.film_baseline import BASELINE, BASELINE_THRESHOLD, spot_by_peaks
from mmaction_mespot.spotting.inferencer import SpottingInferencer
from mmaction_mespot.spotting.loading import SPOTTERS
from mmaction_mespot.spotting.record import run_record
from mmaction_mespot.strict_json import read_json
from mmaction_mespot.worker_processes import finished, run_in_processes

METHODS = (*SPOTTERS, BASELINE)
_WEIGHTS = Path(__file__).parents[1] / 'checkpoints'


@dataclass(frozen=True)
class Film:
    """A video and what happens in it.

    Attributes:
        path: The file.
        video_id: Its name.
        subject: Its person.
        part: Part of the benchmark.
        fps: Frames per second.
        total_frames: Number of frames.
        segments: Labels, half-open in frames, shape (m, 2).
        labels: Their classes, shape (m,).
        events: What the plan of a film says: ``kind``, ``start``, ``end``, ``amplitude``, ``label``.
        otherwise: What a detection lies on where the plan names nothing.
    """

    path: Path
    video_id: str
    subject: str
    part: str
    fps: float
    total_frames: int
    segments: np.ndarray
    labels: np.ndarray
    events: Sequence[Mapping[str, Any]] = ()
    otherwise: str = 'calm'


@dataclass(frozen=True)
class Method:
    """A spotter under one name.

    Attributes:
        name: What tables call it; runs of several seeds share it.
        seed: Which of them.
        model: Key of `METHODS`, or a config.
        weights: Checkpoint of a config.
    """

    name: str
    seed: int
    model: str
    weights: str | None = None

    @classmethod
    def parse(cls, text: str) -> Method:
        """Read ``NAME`` of `METHODS`, or ``NAME[@SEED]=CONFIG,CHECKPOINT``.

        Raises:
            MESpotError: If it is none of the two.
        """
        if text in METHODS:
            return cls(text, 0, text)
        key, _, files = text.partition('=')
        name, _, seed = key.partition('@')
        config, _, weights = files.partition(',')
        if not (name and config and weights) or not (seed or '0').isdecimal():
            raise MESpotError(
                f'methods: found {text!r}, expected one of {", ".join(METHODS)}, '
                'or NAME@SEED=CONFIG,CHECKPOINT'
            )
        return cls(name, int(seed or 0), config, weights)

    @property
    def folder(self) -> str:
        """Folder of its results."""
        return f'{self.name}@{self.seed}'


@dataclass(frozen=True)
class FilmRun:
    """What a method gave for a film.

    Attributes:
        method: The method.
        film: The film.
        found: What it reports.
        candidates: All candidates.
        error: Why there is nothing, such as a video without a face; empty if it was spotted.
    """

    method: Method
    film: Film
    found: Detections
    candidates: Detections
    error: str

    def result(self, candidates: bool) -> VideoResult:
        """For the counting: what is reported, or all candidates; each seed's run has a name of its own."""
        film = self.film
        return VideoResult(
            f'{film.video_id}@{self.method.seed}',
            film.subject,
            film.part,
            film.fps,
            film.total_frames,
            film.segments,
            film.labels,
            self.candidates if candidates else self.found,
        )


def read_films(root: Path, split: str = 'test', minutes: float | None = None) -> list[Film]:
    """Films of a part made by ``tools/make_synthetic.py --benchmark synthme-v2``.

    Args:
        root: Root of the part.
        split: Which people. Defaults to 'test'.
        minutes: Take the first films until this length is reached; None for all.

    Raises:
        MESpotError: If the part is not there or incomplete.
    """
    data, _ = read_own(root)
    plans = {plan['video_id']: plan for plan in read_json(root / 'events.json')['videos']}
    films = []
    length = 0.0
    order = {video_id: place for place, video_id in enumerate(plans)}
    for row in sorted(data['data_list'], key=lambda row: order.get(row['video_id'], -1)):
        if row['video_id'] not in plans:
            raise MESpotError(f'{root}: {row["video_id"]}: no such video in events.json')
        plan = plans[row['video_id']]
        if plan['split'] != split or (minutes is not None and length >= minutes):
            continue
        length += row['total_frames'] / row['fps'] / 60
        segments = np.array([event['segment'] for event in row['instances']], float).reshape(-1, 2)
        labels = np.array([event['label'] for event in row['instances']], int)
        films.append(
            Film(
                root / row['video'],
                row['video_id'],
                row['subject'],
                plan['part'],
                float(row['fps']),
                int(row['total_frames']),
                segments,
                labels,
                plan['events'],
                'own footage'
                if plan['part'] == 'carrier'
                else 'no face'
                if plan['part'] == 'none'
                else 'calm',
            )
        )
    return films


def read_clips(folder: Path, table: Path) -> list[Film]:
    """Real clips with labels by hand; those whose expressions are not known are left out.

    Args:
        folder: The clips, ``NAME.mp4``.
        table: JSON ``{"clips": {NAME: {"kind": ..., "events": [[start, end, type], ...] or null}}}``, frames
            from 0, half-open.

    Raises:
        MESpotError: If a clip is missing, or the table is something else.
    """
    films = []
    for name, entry in read_json(table)['clips'].items():
        if entry['events'] is None:
            continue
        path = folder / f'{name}.mp4'
        if not path.is_file():
            raise MESpotError(f'{path}: no such clip, expected one for every name in {table}')
        source = open_video_source(path)
        count = source.total_frames or sum(1 for _ in source)
        segments = np.array([event[:2] for event in entry['events']], float).reshape(-1, 2)
        if (segments[:, 1] > count).any():
            raise MESpotError(f'{table}: {name}: an event ends after the last of {count} frames')
        labels = np.array([CLASSES.index(event[2]) for event in entry['events']], int)
        part, kind = ('expressions' if len(labels) else 'no event'), entry['kind']
        films.append(Film(path, name, name, part, source.fps, count, segments, labels, (), kind))
    return films


def run_films(films: Sequence[Film], methods: Sequence[Method], out: Path, jobs: int = 1) -> None:
    """Spot every film by every method; what an earlier run finished with the same weights is kept.

    Args:
        films: The films.
        methods: The methods.
        out: Folder of the results.
        jobs: Number of processes.
    """
    tasks = [(method, film.path, result_file(out, method, film)) for method in methods for film in films]
    if jobs <= 1:
        for task in track(tasks, 'films'):
            _spot(*task)
        return
    for ended in track(run_in_processes(_spot_task, tasks, min(jobs, len(tasks))), 'films', total=len(tasks)):
        finished(ended, ended.item[1])


def load_film_runs(films: Sequence[Film], out: Path) -> list[FilmRun]:
    """All results of films that are there, by the methods found in the folder.

    Raises:
        MESpotError: If there is none.
    """
    runs = []
    folders = [path for path in out.iterdir() if path.is_dir()] if out.is_dir() else []
    for folder in sorted(folders, key=lambda path: (_place(path.name.partition('@')[0]), path.name)):
        name, _, seed = folder.name.partition('@')
        if not seed.isdecimal():
            continue
        method = Method(name, int(seed), name)
        for film in films:
            if (path := result_file(out, method, film)).is_file():
                data = read_json(path)
                found, candidates = (_detections(data[key]) for key in ('found', 'candidates'))
                runs.append(FilmRun(method, film, found, candidates, data['error']))
    if not runs:
        raise MESpotError(f'{out}: no results of these films; run `run` first')
    return runs


def result_file(out: Path, method: Method, film: Film) -> Path:
    """Where a result lies."""
    return out / method.folder / film.part / f'{film.video_id}.json'


def _place(name: str) -> int:
    """Place of a method in tables: networks of one's own come last."""
    return METHODS.index(name) if name in METHODS else len(METHODS)


def _detections(rows: Sequence[Sequence[float]]) -> Detections:
    table = np.array(rows, dtype=float).reshape(-1, 4)
    return Detections(table[:, :2], table[:, 3], table[:, 2])


@lru_cache(maxsize=2)
def _inferencer(model: str, weights: str | None) -> SpottingInferencer:
    cv2.setNumThreads(1)
    return SpottingInferencer(model, weights)


@lru_cache(maxsize=1)
def _tracker() -> FaceTracker:
    return FaceTracker()


@lru_cache(maxsize=1)
def _shipped() -> str:
    """Hash of all weights that ship with the package."""
    digest = hashlib.sha256()
    for path in sorted(_WEIGHTS.iterdir()):
        if path.suffix in ('.npz', '.pth'):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _spot_task(task: tuple[Method, Path, Path]) -> None:
    _spot(*task)


def _spot(method: Method, path: Path, out: Path) -> None:
    """Spot a film and keep the result, unless it is there."""
    if method.model == BASELINE:
        stat = path.stat()
        record: dict[str, Any] = {'baseline': 2, 'size': stat.st_size, 'changed_ns': stat.st_mtime_ns}
    else:
        inferencer = _inferencer(method.model, method.weights)
        record = {**run_record(path, inferencer), 'shipped': _shipped()}
    if out.is_file() and read_json(out).get('record') == record:
        return
    error = ''
    found: list[list[float]] = []
    candidates: list[list[float]] = []
    try:
        if method.model == BASELINE:
            all_found = spot_by_peaks(path, _tracker())
            candidates = np.column_stack([all_found.segments, all_found.labels, all_found.scores]).tolist()
            found = [row for row in candidates if row[3] >= BASELINE_THRESHOLD]
        else:
            result = inferencer.spot(path)
            found, candidates = (
                [[i.onset, i.offset + 1, i.label, float(i.score)] for i in intervals]
                for intervals in (result.intervals, result.candidates)
            )
    except NoFaceVideoError as no_face:
        error = str(no_face)
    out.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(out) as partial:
        data = {'record': record, 'error': error, 'found': found, 'candidates': candidates}
        partial.write_text(json.dumps(data) + '\n', encoding='utf-8')
