"""Read detections and labels for `tools/evaluate.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from mmaction_mespot.annotations.schema import load_annotations
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.dump import load_dump
from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.evaluation.io.csv_layout import class_of
from mmaction_mespot.evaluation.io.detection_csv import read_detection_csv
from mmaction_mespot.evaluation.io.detection_text import read_detection_texts
from mmaction_mespot.evaluation.io.frame_scores import read_frame_scores
from mmaction_mespot.evaluation.io.labelled_videos import LabelledVideos
from mmaction_mespot.evaluation.io.video_detections import UNKNOWN_LABEL, VideoDetections
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.intervals.length_classes import MAX_ME_LENGTH_S


@dataclass(frozen=True)
class EvaluationInput:
    """Videos with labels and candidates, and which candidates are kept.

    Attributes:
        name: What the tables call it.
        videos: Videos with all their candidates.
        thresholds: Score threshold by class name, or None.
        top_threshold: Fraction of each video's candidates to keep, or None; comes before the thresholds.
        offset_rules: What ended labels without an offset, as the annotation files tell.
        strict_scores: Whether the scores must lie above the thresholds.
        notes: What the files left open and how it was read, a line each.
        first_frame, inclusive: How the file of the detections counts frames, for showing them as it does.
        pooled: The inputs that this one is made of, such as the folds of a cross-validation; each keeps its
            candidates by its own rule.
    """

    name: str
    videos: list[VideoResult]
    thresholds: Mapping[str, float] | None = None
    top_threshold: float | None = None
    offset_rules: frozenset[str] = frozenset()
    strict_scores: bool = False
    notes: tuple[str, ...] = ()
    first_frame: int = 0
    inclusive: bool = False
    pooled: tuple[EvaluationInput, ...] = ()

    def under(self, protocol: Protocol) -> EvaluationInput:
        """The same, with scores kept as a protocol keeps them."""
        return replace(
            self,
            strict_scores=protocol.strict_scores,
            pooled=tuple(one.under(protocol) for one in self.pooled),
        )

    @property
    def final_videos(self) -> list[VideoResult]:
        """The videos with the detections that are kept."""
        if self.pooled:
            return [video for one in self.pooled for video in one.final_videos]
        if self.top_threshold is not None:
            return [video.with_top_threshold(self.top_threshold) for video in self.videos]
        if self.thresholds is not None:
            limits = {
                name: float(np.nextafter(value, np.inf)) if self.strict_scores else value
                for name, value in self.thresholds.items()
            }
            return [video.with_thresholds(limits) for video in self.videos]
        return self.videos

    @property
    def kept(self) -> str:
        """In words which candidates are kept."""
        if self.pooled:
            rules = {one.kept for one in self.pooled}
            return rules.pop() if len(rules) == 1 else 'each by its own thresholds'
        if self.top_threshold is not None:
            return f'the best {self.top_threshold:g} of the candidates of each video'
        if self.thresholds is not None:
            named = ', '.join(f'{name} {value:g}' for name, value in self.thresholds.items())
            return f'scores {"above" if self.strict_scores else "of at least"} {named}'
        return 'all detections'

    @property
    def scored(self) -> bool:
        """Whether the scores differ, so that a ranking means something."""
        scores = np.concatenate([np.zeros(0), *(video.detections.scores for video in self.videos)])
        return len(np.unique(scores)) > 1

    def offset_warning(self, protocol: Protocol) -> str | None:
        """What to say if the labels were read by another offset rule than the protocol's."""
        if not self.offset_rules - {protocol.offset_rule}:
            return None
        found = ', '.join(sorted(self.offset_rules))
        return (
            f'protocol {protocol.name} goes with the offset rule {protocol.offset_rule!r} for labels without '
            f'offset, but the annotations were read with {found!r}'
        )


@dataclass(frozen=True)
class FileOptions:
    """What files of detections do not tell by themselves.

    Attributes:
        columns: Columns by name, see :func:`~mmaction_mespot.evaluation.io.csv_layout.parse_columns`; None to
            find them.
        first_frame: Number of a video's first frame; None for what the layout says.
        inclusive: Whether the end is the last frame; None for what the layout says.
        outside: What is done with detections outside their video, see
            :meth:`~mmaction_mespot.evaluation.io.labelled_videos.LabelledVideos.join`.
        video_name: Which part of a name names the video, see the same.
        half_length: Of frame scores: half the length of an event in frames; None for tables of detections.
        peak_fraction: Of frame scores: see :func:`~mmaction_mespot.evaluation.io.frame_scores.spot_peaks`.
    """

    columns: str | None = None
    first_frame: int | None = None
    inclusive: bool | None = None
    outside: str = 'error'
    video_name: str = 'whole'
    half_length: int | None = None
    peak_fraction: float = 0.55


def read_input(
    path: str | Path,
    annotations: Sequence[str | Path] = (),
    split: str | None = None,
    options: FileOptions | None = None,
    thresholds: Mapping[str, float] | None = None,
    top_threshold: float | None = None,
) -> EvaluationInput:
    """Read detections, whatever their format, and their labels.

    Args:
        path: A dump (JSON), a table of text (CSV and the like), or a folder of tables.
        annotations: Annotation files; a dump may go without, it holds labels.
        split: Only the subjects of this split of the annotations. Defaults to None, which is all.
        options: How tables are read. Defaults to None: by what they say themselves.
        thresholds: Score threshold by class name. Defaults to None: those of the dump.
        top_threshold: Fraction of each video's candidates to keep. Defaults to None.

    Raises:
        FileNotFoundError: If a file is missing.
        MESpotError: If files can't be understood or don't fit together.
    """
    path = Path(path)
    if path.suffix != '.json':
        return read_tables([(path, None)], annotations, split, options, thresholds, top_threshold)
    if top_threshold is not None and not 0 <= top_threshold <= 1:
        raise MESpotError(f'top threshold: found {top_threshold}, expected a fraction in [0, 1]')
    labels = [load_annotations(file) for file in annotations]
    subjects = None if split is None else _split_subjects(labels, annotations, split)
    dump = load_dump(path)
    videos = _relabel(dump.videos, labels, path) if labels else dump.videos
    videos = _of_subjects(videos, subjects, path, split)
    if thresholds is None and top_threshold is None:
        thresholds, top_threshold = dump.metainfo['thresholds'], dump.metainfo['top_threshold']
    return EvaluationInput(path.stem, videos, thresholds, top_threshold, _offset_rules(labels))


def read_tables(
    files: Sequence[tuple[str | Path, str | None]],
    annotations: Sequence[str | Path],
    split: str | None = None,
    options: FileOptions | None = None,
    thresholds: Mapping[str, float] | None = None,
    top_threshold: float | None = None,
) -> EvaluationInput:
    """Read tables or folders of tables; what several of them say of one video is pooled.

    Args:
        files: Each with the class of all its detections by name, or None where it tells the class itself.
        annotations: Annotation files.
        split, options, thresholds, top_threshold: As in :func:`read_input`.

    Raises:
        FileNotFoundError: If a file is missing.
        MESpotError: If files can't be understood or don't fit together.
    """
    if top_threshold is not None and not 0 <= top_threshold <= 1:
        raise MESpotError(f'top threshold: found {top_threshold}, expected a fraction in [0, 1]')
    options = options or FileOptions()
    paths = [Path(path) for path, _ in files]
    if not annotations:
        raise MESpotError(f'{paths[0]}: the detections hold no labels, annotations expected')
    labels = [load_annotations(file) for file in annotations]
    subjects = None if split is None else _split_subjects(labels, annotations, split)
    found: list[VideoDetections] = []
    for path, (_, class_name) in zip(paths, files, strict=True):
        found += _read_table(path, options, class_name)
    joined = LabelledVideos.from_annotations(labels).join(found, options.outside, options.video_name)
    notes = []
    counted = {(video.first_frame, video.inclusive) for video in found if len(video.detections)}
    for first, inclusive in sorted(counted):
        ends = 'the end is the last frame' if inclusive else 'the end is the frame behind the last one'
        notes.append(f'frames of the detections counted from {first}, {ends}')
    if joined.by_length:
        notes.append(
            f'{joined.by_length} detections without a class: ME up to {MAX_ME_LENGTH_S:g} s, else MaE'
        )
    if joined.outside:
        done = {'clip': 'cut to the video', 'drop': 'dropped', 'keep': 'kept as they are'}[options.outside]
        notes.append(f'{joined.outside} detections reach outside their video: {done}')
    first, inclusive = counted.pop() if len(counted) == 1 else (0, False)
    name = paths[0].stem if len(paths) == 1 else f'{len(paths)} files'
    videos = _of_subjects(joined.videos, subjects, paths[0], split)
    rules = _offset_rules(labels)
    return EvaluationInput(
        name, videos, thresholds, top_threshold, rules, False, tuple(notes), first, inclusive
    )


def pool_inputs(inputs: Sequence[EvaluationInput], names: Sequence[str], name: str) -> EvaluationInput:
    """Pool results on different videos, such as those of the folds of a cross-validation.

    Args:
        inputs: The results; each keeps its own thresholds.
        names: What messages call them.
        name: What the tables call them together.

    Raises:
        MESpotError: If a video is in two of them.
    """
    origin: dict[tuple[str | None, str], str] = {}
    for one, called in zip(inputs, names, strict=True):
        for video in one.videos:
            key = (video.part, video.video_id)
            if key in origin:
                raise MESpotError(
                    f'video {video.video_id} of part {video.part} is both in {origin[key]} and in {called}: '
                    'results of different videos expected'
                )
            origin[key] = called
    return EvaluationInput(
        name,
        [video for one in inputs for video in one.videos],
        offset_rules=frozenset().union(*(one.offset_rules for one in inputs)),
        notes=tuple(dict.fromkeys(note for one in inputs for note in one.notes)),
        pooled=tuple(inputs),
    )


def _read_table(path: Path, options: FileOptions, class_name: str | None) -> list[VideoDetections]:
    """Detections of a folder of tables or of one table."""
    if class_name is not None and class_name.lower() not in (name.lower() for name in CLASSES):
        raise MESpotError(f'{path}: class {class_name!r}, expected one of {", ".join(CLASSES)}')
    only = None if class_name is None else class_of(class_name)
    if options.half_length is not None:
        label = UNKNOWN_LABEL if only is None else only
        return read_frame_scores(path, options.half_length, options.peak_fraction, label)
    counting = {'first_frame': options.first_frame, 'inclusive': options.inclusive}
    if path.is_dir():
        return read_detection_texts(path, columns=options.columns, only_label=only, **counting)  # type: ignore[arg-type]
    if not path.is_file():
        raise FileNotFoundError(f'{path}: no such file or folder of detections')
    return read_detection_csv(path, columns=options.columns, only_label=only, **counting)  # type: ignore[arg-type]


def _of_subjects(
    videos: Sequence[VideoResult], subjects: set[str] | None, path: Path, split: str | None
) -> list[VideoResult]:
    """The videos of some subjects, at least one."""
    chosen = [video for video in videos if subjects is None or video.subject in subjects]
    if not chosen:
        raise MESpotError(f'{path}: no video to evaluate' + (f' in split {split}' if split else ''))
    return chosen


def _offset_rules(labels: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    return frozenset(data['metainfo']['offset_rule'] for data in labels if 'offset_rule' in data['metainfo'])


def _split_subjects(
    labels: Sequence[Mapping[str, Any]], annotations: Sequence[str | Path], split: str
) -> set[str]:
    """Subjects of a split of all annotation files."""
    subjects: set[str] = set()
    for data, path in zip(labels, annotations, strict=True):
        splits = data['metainfo'].get('splits', {})
        if split not in splits:
            raise MESpotError(f'{path}: split {split!r} expected among {sorted(splits)}')
        subjects |= set(splits[split])
    if not labels:
        raise MESpotError(f'split {split!r}: annotations expected, they tell who belongs to it')
    return subjects


def _relabel(
    videos: Sequence[VideoResult], labels: Sequence[Mapping[str, Any]], path: Path
) -> list[VideoResult]:
    """The videos of a dump with the labels of annotation files."""
    entries = {
        (data['metainfo'].get('part'), entry['video_id']): entry
        for data in labels
        for entry in data['data_list']
    }
    relabelled = []
    for video in videos:
        entry = entries.get((video.part, video.video_id))
        if entry is None:
            raise MESpotError(
                f'{path}: video {video.video_id} of part {video.part} is not in the annotations, which hold '
                f'{len(entries)} videos of the parts {sorted({str(part) for part, _ in entries})}'
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
