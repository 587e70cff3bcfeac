"""What became of every label and detection under a protocol, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmaction_mespot.evaluation.functional.event_table import (
    EventTable,
    Status,
    build_event_table,
    length_limits_of,
    whole_frames,
)
from mmaction_mespot.evaluation.functional.matching import Matches, match_events
from mmaction_mespot.evaluation.functional.overlaps import overlapping_pairs
from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES

Pairs = dict[int, list[tuple[float, int]]]


@dataclass(frozen=True)
class Explanation:
    """One label or detection.

    Attributes:
        video_id: Its video.
        name: ``label 1``, ``detection 1``, ...: numbered by their start within the video.
        class_name: ``MaE`` or ``ME``, under the protocol's class rule.
        segment: Half-open interval in frames.
        score: Score of a detection, None for a label.
        outcome: ``TP``, ``FP``, ``FN``, or ``not counted``; a TP stands at the label and at its detection.
        match: Name of the partner, or empty.
        iou: IoU with the partner, or the best IoU with any.
        why: The reason in words.
    """

    video_id: str
    name: str
    class_name: str
    segment: tuple[float, float]
    score: float | None
    outcome: str
    match: str
    iou: float
    why: str


def explain_matches(videos: Sequence[VideoResult], protocol: Protocol) -> list[Explanation]:
    """List every label and detection with its match, IoU and the reason why it counts as it does.

    Args:
        videos: Videos with their final detections.
        protocol: The rules.

    Returns:
        Video by video the labels, then the detections, each by start.
    """
    return _Explainer(videos, protocol).explanations()


class _Explainer:
    """Tables, matches and names of one run."""

    def __init__(self, videos: Sequence[VideoResult], protocol: Protocol) -> None:
        self.videos, self.protocol = videos, protocol
        self.table: EventTable = build_event_table(videos, protocol)
        self.matches: Matches = match_events(self.table, protocol)
        self.truths: Pairs = defaultdict(list)
        self.founds: Pairs = defaultdict(list)
        rows, columns, iou = overlapping_pairs(self.table, protocol.inclusive_ends)
        for row, column, value in zip(rows.tolist(), columns.tolist(), iou.tolist(), strict=True):
            self.truths[row].append((value, column))
            self.founds[column].append((value, row))
        self.labels = _numbers('label', self.table.truth_video, self.table.truth_segments)
        self.detections = _numbers('detection', self.table.found_video, self.table.found_segments)

    def explanations(self) -> list[Explanation]:
        """Labels and detections, video by video, by number."""
        table = self.table
        entries = [
            (int(table.truth_video[i]), 0, int(name.split()[1]), self._label(i))
            for i, name in enumerate(self.labels)
        ]
        entries += [
            (int(table.found_video[i]), 1, int(name.split()[1]), self._detection(i))
            for i, name in enumerate(self.detections)
        ]
        return [entry[3] for entry in sorted(entries, key=lambda entry: entry[:3])]

    def _label(self, i: int) -> Explanation:
        table, found = self.table, int(self.matches.found_of[i])
        if found >= 0:
            iou = next(value for value, row in self.founds[i] if row == found)
            outcome, match, why = 'TP', self.detections[found], f'found: {self._relation(iou)}'
        else:
            outcome, match = 'FN', ''
            iou, why = self._missed(i)
        segment, label = table.truth_segments[i], int(table.truth_labels[i])
        video = self.videos[int(table.truth_video[i])]
        return _entry(video, self.labels[i], label, segment, None, outcome, match, iou, why)

    def _missed(self, i: int) -> tuple[float, str]:
        """Best IoU of a missed label, and why it is missed."""
        label = int(self.table.truth_labels[i])
        overlapping = sorted(self.founds[i], reverse=True)
        if not overlapping:
            return 0.0, 'missed: no detection overlaps it'
        fitting = [(iou, row) for iou, row in overlapping if self._fits(iou)]
        for iou, row in fitting:
            if self.protocol.same_class and self.table.found_labels[row] != label:
                continue
            if self.table.found_status[row] != Status.COUNTED:
                return iou, f'missed: {self.detections[row]} fits but is not counted'
            taken = self.labels[int(self.matches.truth_of[row])]
            return iou, f'missed: {self.detections[row]} fits but took {taken}'
        if fitting:
            iou, row = fitting[0]
            return iou, f'missed: {self.detections[row]} fits but is of the other class, not {CLASSES[label]}'
        return overlapping[0][0], f'missed: best {self._relation(overlapping[0][0])}'

    def _detection(self, i: int) -> Explanation:
        table = self.table
        video, label = int(table.found_video[i]), int(table.found_labels[i])
        overlapping = sorted(self.truths[i], key=lambda pair: (-pair[0], pair[1]))
        best = overlapping[0][0] if overlapping else 0.0
        match = ''
        if table.found_status[i] != Status.COUNTED:
            outcome, iou, why = 'not counted', best, self._left_out(i)
        elif self.matches.truth_of[i] >= 0:
            partners = [
                (value, column) for value, column in overlapping if self.matches.found_of[column] == i
            ]
            match = ', '.join(self.labels[column] for _, column in partners)
            outcome, iou, why = 'TP', partners[0][0], f'hit: {self._relation(partners[0][0])}'
            if not self.protocol.same_class:
                why += f'; counts for {CLASSES[table.truth_labels[partners[0][1]]]}, the class of the label'
        else:
            outcome = 'FP'
            iou, why = self._false(label, overlapping)
        segment, score = table.found_segments[i], float(table.found_scores[i])
        name = self.detections[i]
        return _entry(self.videos[video], name, label, segment, score, outcome, match, iou, why)

    def _false(self, label: int, overlapping: list[tuple[float, int]]) -> tuple[float, str]:
        """Best IoU of a false detection, and why it is false."""
        if not overlapping:
            return 0.0, 'false: overlaps no label'
        allowed = [
            (iou, column)
            for iou, column in overlapping
            if not self.protocol.same_class or self.table.truth_labels[column] == label
        ]
        if allowed and self._fits(allowed[0][0]):
            iou, column = allowed[0]
            other = self.detections[int(self.matches.found_of[column])]
            return iou, f'false: {self.labels[column]} is found by {other} already'
        iou, column = overlapping[0]
        if self._fits(iou):
            return iou, f'false: {self.labels[column]} is of the other class, not {CLASSES[label]}'
        return iou, f'false: best {self._relation(iou)}'

    def _left_out(self, i: int) -> str:
        """Why a detection is not counted."""
        table, protocol = self.table, self.protocol
        video, label = int(table.found_video[i]), int(table.found_labels[i])
        if table.found_status[i] == Status.LENGTH:
            low, high = length_limits_of(np.array([self.videos[video].fps]), protocol)
            frames = whole_frames(table.found_segments[i : i + 1])[0]
            limits = (
                f'{low[0, label]:g} or more'
                if np.isinf(high[0, label])
                else (f'{low[0, label]:g} to {high[0, label]:g}')
            )
            return f'not counted: {frames:g} frames, {CLASSES[label]} must have {limits}'
        if table.found_status[i] == Status.BEYOND_TOP_K:
            return f'not counted: not among the best {protocol.top_k} of the video'
        return f'not counted: the video holds no {CLASSES[label]}'

    def _fits(self, iou: float) -> bool:
        limit = self.protocol.iou_threshold
        return iou > limit if self.protocol.strict else iou >= limit

    def _relation(self, iou: float) -> str:
        """Such as ``IoU 0.41 < 0.5``."""
        if self._fits(iou):
            sign = '>' if self.protocol.strict else '>='
        else:
            sign = '<=' if self.protocol.strict else '<'
        return f'IoU {iou:.3f} {sign} {self.protocol.iou_threshold:g}'


def _numbers(kind: str, video: np.ndarray, segments: np.ndarray) -> list[str]:
    """Names ``<kind> 1``, ... by start within each video."""
    order = np.lexsort((segments[:, 1], segments[:, 0], video))
    names = [''] * len(order)
    first = np.searchsorted(video[order], video[order])
    for place, index in enumerate(order.tolist()):
        names[index] = f'{kind} {place - int(first[place]) + 1}'
    return names


def _entry(
    video: VideoResult,
    name: str,
    label: int,
    segment: np.ndarray,
    score: float | None,
    outcome: str,
    match: str,
    iou: float,
    why: str,
) -> Explanation:
    interval = (float(segment[0]), float(segment[1]))
    return Explanation(video.video_id, name, CLASSES[label], interval, score, outcome, match, iou, why)
