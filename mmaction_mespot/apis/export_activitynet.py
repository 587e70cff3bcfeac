"""Prepared sets and stored features in ActivityNet's form, and the annotations back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mmaction_mespot.annotations.activitynet import from_entries, to_entry
from mmaction_mespot.annotations.annotation_error import AnnotationError
from mmaction_mespot.annotations.schema import load_annotations, save_annotations
from mmaction_mespot.atomic_file import whole_file, write_json
from mmaction_mespot.datasets.feature_store import FeatureReader
from mmaction_mespot.datasets.subject_selection import select_subjects
from mmaction_mespot.datasets.window_layout import WindowLayout
from mmaction_mespot.datasets.window_sampler import VideoEvents
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.intervals.grid import count_positions, frames_per_position
from mmaction_mespot.strict_json import read_json

SPLITS = ('train', 'val', 'test')


def export_activitynet(
    prepared_root: str | Path,
    features_root: str | Path | None,
    out: str | Path,
    level: int = 0,
    clip_len: int | None = None,
    stride: int | None = None,
    target_fps: float | None = None,
    fold: str | None = None,
) -> dict[str, int]:
    """Write annotations, and features as CSV, as MMAction2's ``ActivityNetDataset`` reads them.

    ``<out>/annotations.json`` holds everybody, ``annotations_<split>.json`` the people of each split;
    ``<out>/features/<name>.csv`` has a header row and one row per position of the level, its channels
    averaged over space, the streams side by side.

    Args:
        prepared_root: The prepared data set.
        features_root: Features of ``tools/extract_features.py``; None writes annotations alone.
        out: Folder to write.
        level: Level of the features. Defaults to 0, the finest.
        clip_len: Positions of a window: sliding windows become videos of their own, named
            ``v_<video>_<first frame>``. Defaults to None, whole videos.
        stride: Positions between the starts of windows. Defaults to None, half a window.
        target_fps: Positions per second, where no features say it. Defaults to None, every frame.
        fold: Person left out for the test, instead of the data set's own splits. Defaults to None.

    Returns:
        Entries by split, and of ``all``.

    Raises:
        FileNotFoundError: If a video lacks its features.
        MESpotError: If there is no such level, or windows do not fit the features' grid.
    """
    data = load_annotations(Path(prepared_root) / 'annotations.json')
    out = Path(out)
    (out / 'features').mkdir(parents=True, exist_ok=True)
    part = data['metainfo'].get('part')
    entries: dict[str, dict[str, Any]] = {}
    for video in data['data_list']:
        reader = None
        if features_root is not None:
            reader = FeatureReader(Path(features_root) / f'{video["video_id"]}.h5')
            if not 0 <= level < len(reader.strides):
                raise MESpotError(f'{reader.path}: no level {level}, found 0 to {len(reader.strides) - 1}')
            interval, align = float(reader.attrs['frame_interval']), max(reader.strides)
            # Features lie on the grid of the streams; ActivityNet's entries are in the video's own frames.
            interval *= video['total_frames'] / VideoEvents.from_annotation(video).total_frames
        else:
            interval, align = frames_per_position(video['fps'], target_fps), 1
        for window in _windows(video, interval, align, clip_len, stride):
            name, entry = _entry(video, part, interval, window, reader, level)
            entries[name] = entry
            if reader is not None:
                rows = _rows(reader, level, *(window or (0, int(reader.attrs['positions']))))
                count = round(entry['feature_frame'] / interval / reader.strides[level])
                _write_csv(rows[:count], out / 'features' / f'{name}.csv')
    write_json(entries, out / 'annotations.json')
    counts = {'all': len(entries)}
    for split, people in _people(data, str(prepared_root), fold).items():
        chosen = {name: entry for name, entry in entries.items() if entry['subject'] in people}
        write_json(chosen, out / f'annotations_{split}.json')
        counts[split] = len(chosen)
    return counts


def import_activitynet(
    path: str | Path, out: str | Path, dataset: str, size: Sequence[int] | None = None
) -> int:
    """Turn an ActivityNet JSON into a common annotation file.

    Args:
        path: The JSON.
        out: The annotation file to write.
        dataset: Name of the data set.
        size: Width and height of the frames, where the JSON does not say it. Defaults to None.

    Returns:
        Number of videos.

    Raises:
        FileNotFoundError: If there is no such file.
        AnnotationError: If it is no such JSON, or what it says is not valid.
    """
    path = Path(path)
    entries = read_json(path, lambda reason: AnnotationError(str(path), [reason]))
    if not isinstance(entries, Mapping) or not all(isinstance(e, Mapping) for e in entries.values()):
        raise AnnotationError(str(path), ['expected an object of videos by name'])
    videos = from_entries(entries, str(path), size)
    parts = {entry.get('part') for entry in entries.values()}
    metainfo = dict(
        dataset=dataset,
        classes=list(CLASSES),
        part=parts.pop() if len(parts) == 1 else None,
        source_root=str(path.parent.resolve()),
    )
    save_annotations(dict(metainfo=metainfo, data_list=videos), out)
    return len(videos)


def _windows(
    video: Mapping[str, Any], interval: float, align: int, clip_len: int | None, stride: int | None
) -> list[tuple[int, int] | None]:
    """First position and length of each window; [None] for the whole video."""
    if clip_len is None:
        return [None]
    layout = WindowLayout(clip_len, stride or max(clip_len // 2, 1), align=align)
    starts = layout.starts(video['total_frames'], interval)
    return [(layout.position(start, interval), clip_len) for start in starts]


def _entry(
    video: Mapping[str, Any],
    part: str | None,
    interval: float,
    window: tuple[int, int] | None,
    reader: FeatureReader | None,
    level: int,
) -> tuple[str, dict[str, Any]]:
    """Name and entry of a window or of the whole video."""
    if window is not None:
        return to_entry(video, part, (interval * window[0], interval * window[1]))
    covered = None
    if reader is not None:
        step = reader.strides[level]
        covered = -(-count_positions(video['total_frames'], interval) // step) * step * interval
    return to_entry(video, part, None, covered)


def _rows(reader: FeatureReader, level: int, position: int, length: int) -> np.ndarray:
    """Features (T, C) of a stretch, averaged over space, rgb before flow."""
    parts = [reader.read(stream, position, length)[level] for stream in sorted(reader.streams, reverse=True)]
    return np.concatenate([part.mean(axis=(2, 3)) for part in parts], axis=1)


def _write_csv(rows: np.ndarray, path: Path) -> None:
    header = [f'f{i}' for i in range(rows.shape[1])]
    with whole_file(path) as temporary:
        pd.DataFrame(rows, columns=header).to_csv(temporary, index=False, float_format='%.7g')


def _people(data: Mapping[str, Any], origin: str, fold: str | None) -> dict[str, list[str]]:
    """People by split."""
    subjects = [video['subject'] for video in data['data_list']]
    splits = data['metainfo'].get('splits')
    if fold is None:
        return {name: list(people) for name, people in (splits or {}).items() if people}
    return {split: select_subjects(subjects, origin, split=split, fold=fold) for split in SPLITS}
