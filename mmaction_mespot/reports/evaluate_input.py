"""Read detections and labels for `tools/evaluate.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.dump import load_dump
from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.evaluation.io.csv_layout import UNKNOWN_LABEL, VideoDetections, class_of
from mmaction_mespot.evaluation.io.detection_csv import read_detection_csv
from mmaction_mespot.evaluation.io.detection_text import read_detection_texts
from mmaction_mespot.evaluation.io.frame_scores import PeakRule, read_frame_scores
from mmaction_mespot.evaluation.io.labelled_videos import LabelledVideos
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.intervals.length_classes import MAX_ME_LENGTH_S
from mmaction_mespot.reports.label_selection import LabelSelection


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

    def of_subject(self, subject: str) -> EvaluationInput:
        """The same with the videos of one person alone."""
        return replace(
            self,
            videos=[video for video in self.videos if video.subject == subject],
            pooled=tuple(one.of_subject(subject) for one in self.pooled),
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
    def thresholded(self) -> bool:
        """Whether detections were left out by their scores: here, or in a file that tells no scores."""
        return self.kept != 'all detections' or not self.scored

    @property
    def timed(self) -> bool:
        """Whether the lengths of all videos are known, so that rates per minute mean something."""
        return all(video.total_frames for video in self.videos)

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
        unlisted: What is done with videos that the annotations do not name, see the same.
        peaks: How events are found in frame scores; None for tables of detections.
        half_lengths: Of frame scores: half the length of an event in frames by class; one number for both.
        label_fps: Frames per second of label tables that do not tell it.
        offset_rule: What ends an event without an offset in label tables.
    """

    columns: str | None = None
    first_frame: int | None = None
    inclusive: bool | None = None
    outside: str = 'error'
    video_name: str = 'whole'
    unlisted: str = 'error'
    peaks: PeakRule | None = None
    half_lengths: Mapping[str, int] | int | None = None
    label_fps: float | None = None
    offset_rule: str = 'apex'


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
    options = options or FileOptions()
    _check_top_threshold(top_threshold)
    labels = LabelSelection.read(annotations, split, options.label_fps, options.offset_rule)
    dump = load_dump(path)
    videos = labels.relabel(dump.videos, path)
    if thresholds is None and top_threshold is None:
        thresholds, top_threshold = dump.metainfo['thresholds'], dump.metainfo['top_threshold']
    videos = labels.select(videos, path)
    return EvaluationInput(
        path.stem, videos, thresholds, top_threshold, labels.offset_rules, notes=labels.notes
    )


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
    options = options or FileOptions()
    paths = [Path(path) for path, _ in files]
    if not annotations:
        raise MESpotError(f'{paths[0]}: the detections hold no labels, annotations expected')
    _check_top_threshold(top_threshold)
    labels = LabelSelection.read(annotations, split, options.label_fps, options.offset_rule)
    found: list[VideoDetections] = []
    empty: list[Path] = []
    for path, (_, class_name) in zip(paths, files, strict=True):
        read = _read_table(path, options, class_name)
        empty += [path] if not read else []
        found += read
    known = LabelledVideos.from_annotations(labels.data)
    joined = known.join(found, options.outside, options.video_name, options.unlisted)
    notes = list(labels.notes)
    counted = {(video.first_frame, video.inclusive) for video in found if len(video.detections)}
    for first, inclusive in sorted(counted):
        ends = 'the end is the last frame' if inclusive else 'the end is one past the last frame'
        notes.append(f'frames of the detections counted from {first}, {ends}')
    if empty:
        notes.append(f'{len(empty)} files without a row ({empty[0]}{", ..." if len(empty) > 1 else ""})')
    if joined.by_length:
        notes.append(
            f'{joined.by_length} detections without a class: ME up to {MAX_ME_LENGTH_S:g} s, else MaE'
        )
    if joined.outside:
        done = {'clip': 'cut to the video', 'drop': 'dropped', 'keep': 'kept as they are'}[options.outside]
        notes.append(f'{joined.outside} detections reach outside their video: {done}')
    if joined.unlisted:
        done = 'left out' if options.unlisted == 'drop' else 'counted as videos without labels'
        named = ', '.join(joined.unlisted[:3]) + (', ...' if len(joined.unlisted) > 3 else '')
        notes.append(f'{len(joined.unlisted)} videos that the annotations do not name ({named}): {done}')
    first, inclusive = counted.pop() if len(counted) == 1 else (0, False)
    name = paths[0].stem if len(paths) == 1 else f'{len(paths)} files'
    videos = labels.select(joined.videos, paths[0])
    rules = labels.offset_rules
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
    if options.peaks is not None:
        label = UNKNOWN_LABEL if only is None else only
        return read_frame_scores(path, _half_length(options, class_name, path), options.peaks, label)
    counting = {'first_frame': options.first_frame, 'inclusive': options.inclusive}
    if path.is_dir():
        return read_detection_texts(path, columns=options.columns, only_label=only, **counting)  # type: ignore[arg-type]
    if not path.is_file():
        raise FileNotFoundError(f'{path}: no such file or folder of detections')
    return read_detection_csv(path, columns=options.columns, only_label=only, **counting)  # type: ignore[arg-type]


def _check_top_threshold(top_threshold: float | None) -> None:
    if top_threshold is not None and not 0 <= top_threshold <= 1:
        raise MESpotError(f'top threshold: found {top_threshold}, expected a fraction in [0, 1]')


def _half_length(options: FileOptions, class_name: str | None, path: Path) -> int:
    """Half the length of an event of a class."""
    lengths = options.half_lengths
    if lengths is None:
        raise MESpotError(f'{path}: frame scores, half the length of an event expected (--half-length)')
    if not isinstance(lengths, Mapping):
        return lengths
    by_name = {name.lower(): length for name, length in lengths.items()}
    if (class_name or '').lower() not in by_name:
        raise MESpotError(
            f'{path}: half lengths of {", ".join(lengths)}, expected the class of these scores among them '
            '(--label CLASS PATH)'
        )
    return by_name[(class_name or '').lower()]
