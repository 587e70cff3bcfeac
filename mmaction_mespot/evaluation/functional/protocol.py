"""How detections are counted: a few options that do not depend on each other."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.length_limits import LengthLimits
from mmaction_mespot.intervals.detections import CLASSES

MATCHING_RULES = ('one_to_one', 'per_label', 'best_per_label', 'label_once')
CLASS_RULES = ('own', 'by_duration')
VIDEO_RULES = ('all', 'with_class')
OFFSET_RULES = ('apex', 'apex+20', 'apex+20-all', 'mirror', 'drop', 'zero')


@dataclass(frozen=True)
class Protocol:
    """A way of counting true and false positives.

    TP is the number of labels that are found, FN the rest of the labels. FP is the number of detections minus
    TP, except for ``label_once``.

    Attributes:
        name: Its name in tables.
        matching: ``'one_to_one'``: by falling score each detection takes the free label it overlaps most.
            ``'per_label'``: a label is found if any detection hits it; a detection may find several labels.
            ``'best_per_label'``: a label is found if the detection that overlaps it most hits it; the counts
            are those of ``'per_label'``, only the detection named as the match differs.
            ``'label_once'``: by falling score each detection takes **all** free labels that it hits; FP is
            the number of detections that take none.
        class_rule: ``'own'``: classes as labelled and as detected. ``'by_duration'``: labels and detections
            are ME if their last frame minus their first is at most half a second (15 frames at 30 fps).
        same_class: Whether a detection hits labels of its class only. If not, a hit counts for the class of
            the label, and the detection for its own: FP of a class may then be negative.
        iou_threshold: Least IoU of a hit, T_eval of the paper, in (0, 1].
        strict: Whether the IoU must be **greater** than the threshold.
        inclusive_ends: Whether an interval holds its last frame. If not, it ends where its last frame begins,
            as if frame numbers were points in time.
        videos: ``'all'``, or ``'with_class'``: detections of a class count only in videos that hold a label
            of this class.
        length_limits: Detections outside are not counted; a video takes the entry of the nearest frame rate,
            scaled to its own. Empty for no limits.
        top_k: Most detections of a video that count, the best ones; None for all.
        floor_ends: Whether the ends of detections are cut to whole frames before they are matched.
        strict_scores: Whether a detection must score **above** a threshold to be kept, not just reach it.
        offset_rule: What ends a label whose offset is 0. It is applied when the labels are read; kept here so
            that annotations read by another rule are noticed. ``'zero'`` leaves no interval to be hit.
        source: Where the rules come from.

    Raises:
        MESpotError: If an option is unknown or out of its range.
    """

    name: str = 'default'
    matching: str = 'one_to_one'
    class_rule: str = 'own'
    same_class: bool = True
    iou_threshold: float = 0.5
    strict: bool = False
    inclusive_ends: bool = True
    videos: str = 'all'
    length_limits: tuple[LengthLimits, ...] = ()
    top_k: int | None = None
    floor_ends: bool = False
    strict_scores: bool = False
    offset_rule: str = 'apex'
    source: str = ''

    def __post_init__(self) -> None:
        for option, known in (
            ('matching', MATCHING_RULES),
            ('class_rule', CLASS_RULES),
            ('videos', VIDEO_RULES),
            ('offset_rule', OFFSET_RULES),
        ):
            if getattr(self, option) not in known:
                raise MESpotError(
                    f'protocol {self.name}: {option} must be one of {known}, found {getattr(self, option)!r}'
                )
        if not 0 < self.iou_threshold <= 1:
            raise MESpotError(
                f'protocol {self.name}: iou_threshold must lie in (0, 1], found {self.iou_threshold}'
            )
        if self.top_k is not None and self.top_k < 1:
            raise MESpotError(f'protocol {self.name}: top_k must be at least 1 or None, found {self.top_k}')

    @property
    def options_text(self) -> str:
        """All options in force, in one line."""
        limits = '; '.join(
            f'at {limit.fps:g} fps '
            + ', '.join(
                f'{name} {low:g}-' + ('' if math.isinf(high) else f'{high:g}')
                for name, low, high in zip(CLASSES, limit.min_frames, limit.max_frames, strict=True)
            )
            for limit in self.length_limits
        )
        options = {
            'matching': self.matching,
            'class rule': self.class_rule,
            'same class': 'yes' if self.same_class else 'no',
            'IoU': f'{">" if self.strict else ">="} {self.iou_threshold:g}',
            'ends': 'inclusive' if self.inclusive_ends else 'exclusive',
            'videos': self.videos,
            'lengths': limits or 'all',
            'top k': 'all' if self.top_k is None else str(self.top_k),
            'boundaries': 'floored' if self.floor_ends else 'as they are',
            'thresholds': 'score above' if self.strict_scores else 'score at least',
            'offset 0': self.offset_rule,
        }
        return ', '.join(f'{name} {value}' for name, value in options.items())

    @property
    def iou_text(self) -> str:
        """The condition on the IoU, such as ``IoU >= 0.5``."""
        return f'IoU {">" if self.strict else ">="} {self.iou_threshold:g}'
