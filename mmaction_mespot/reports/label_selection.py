"""The labels that detections are scored against: of JSON files or tables, of all people or of a split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from mmaction_mespot.annotations.label_csv import read_labels
from mmaction_mespot.annotations.locate import TABLE_SUFFIXES
from mmaction_mespot.annotations.schema import load_annotations
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.video_result import VideoResult


@dataclass(frozen=True)
class LabelSelection:
    """Labels, and whose videos count.

    Attributes:
        data: Annotations, see ``annotations/schema.py``.
        split: The split that was asked for, or None.
        subjects: Its people; None for everybody.
        notes: How tables of labels were read, a line each.
    """

    data: Sequence[Mapping[str, Any]]
    split: str | None
    subjects: frozenset[str] | None
    notes: tuple[str, ...]

    @classmethod
    def read(
        cls,
        annotations: Sequence[str | Path],
        split: str | None = None,
        fps: float | None = None,
        offset_rule: str = 'apex',
    ) -> LabelSelection:
        """Read label files.

        Args:
            annotations: Annotations (JSON), or tables (see :func:`~mmaction_mespot.annotations.read_labels`).
            split: Only the people of this split of all files. Defaults to None, which is everybody.
            fps: Frames per second of tables that do not tell it. Defaults to None.
            offset_rule: What ends an event without an offset in a table. Defaults to 'apex'.

        Raises:
            FileNotFoundError: If a file is missing.
            MESpotError: If a file can't be understood or does not know the split.
        """
        data: list[Mapping[str, Any]] = []
        notes: list[str] = []
        for path in map(Path, annotations):
            if path.suffix == '.json':
                data.append(load_annotations(path, frames=False))
                continue
            if not path.is_file():
                raise FileNotFoundError(f'{path}: no such file of labels')
            if path.suffix.lower() in TABLE_SUFFIXES:
                raise MESpotError(
                    f'{path}: a workbook, expected annotations or a table kept as text; `tools/prepare.py '
                    f'DATASET --root {path.parent} --table {path.name} --labels-only --out OUT` reads it'
                )
            labels, report = read_labels(path.parent, offset_rule, path, fps)
            data.append(labels)
            notes += [f'labels of {path.name}: {line}' for line in report.summary().splitlines()]
        subjects = None if split is None else _subjects_of(split, data, annotations)
        return cls(data, split, subjects, tuple(notes))

    @property
    def offset_rules(self) -> frozenset[str]:
        """What ended labels without an offset, as the files tell."""
        infos = [data['metainfo'] for data in self.data]
        return frozenset(info['offset_rule'] for info in infos if 'offset_rule' in info)

    def select(self, videos: Sequence[VideoResult], path: Path) -> list[VideoResult]:
        """The videos of the split's people.

        Raises:
            MESpotError: If there is none; the message names the file of the detections.
        """
        chosen = [video for video in videos if self.subjects is None or video.subject in self.subjects]
        if not chosen:
            where = f' in split {self.split}' if self.split else ''
            raise MESpotError(f'{path}: no video to evaluate{where}')
        return chosen

    def relabel(self, videos: Sequence[VideoResult], path: Path) -> list[VideoResult]:
        """The videos of a dump with the labels of the files; as they are where there is none.

        Raises:
            MESpotError: If the files lack a video; the message names the dump.
        """
        if not self.data:
            return list(videos)
        entries = {
            (data['metainfo'].get('part'), entry['video_id']): entry
            for data in self.data
            for entry in data['data_list']
        }
        relabelled = []
        for video in videos:
            entry = entries.get((video.part, video.video_id))
            if entry is None:
                raise MESpotError(
                    f'{path}: video {video.video_id} of part {video.part} is not in the annotations, which '
                    f'hold {len(entries)} videos of the parts {sorted({str(part) for part, _ in entries})}'
                )
            instances = entry['instances']
            relabelled.append(
                replace(
                    video,
                    segments=np.array([instance['segment'] for instance in instances]),
                    labels=np.array([instance['label'] for instance in instances]),
                )
            )
        return relabelled


def _subjects_of(
    split: str, data: Sequence[Mapping[str, Any]], annotations: Sequence[str | Path]
) -> frozenset[str]:
    """People of a split of all annotation files."""
    if not data:
        raise MESpotError(f'split {split!r}: annotations expected, they tell who belongs to it')
    subjects: set[str] = set()
    for labels, path in zip(data, annotations, strict=True):
        splits = labels['metainfo'].get('splits', {})
        if split not in splits:
            raise MESpotError(f'{path}: split {split!r} expected among {sorted(splits)}')
        subjects |= set(splits[split])
    return frozenset(subjects)
