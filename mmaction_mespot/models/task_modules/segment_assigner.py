"""Which anchor answers for which event."""

from __future__ import annotations

import torch
from mmaction.registry import TASK_UTILS
from torch import Tensor

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.iou import segment_iou

BACKGROUND, IGNORED = -1, -2
"""Assignments of an anchor that answers for no event, and of one that is left out of the loss."""


@TASK_UTILS.register_module()
class SegmentAssigner:
    """Assign anchors to events by IoU.

    An anchor is positive for the event that it overlaps most when their IoU is at least ``positive_iou``,
    background when no IoU reaches ``negative_iou``, ignored in between. Besides, every event that touches an
    anchor gets the best anchor that no other event has taken as its best, however small their IoU.

    Args:
        positive_iou: Least IoU of a positive anchor. Defaults to 0.5.
        negative_iou: Least IoU of an ignored anchor. Defaults to 0.4.

    Raises:
        MESpotError: If not ``0 < negative_iou <= positive_iou <= 1``.
    """

    def __init__(self, positive_iou: float = 0.5, negative_iou: float = 0.4) -> None:
        if not 0 < negative_iou <= positive_iou <= 1:
            raise MESpotError(
                'SegmentAssigner needs 0 < negative_iou <= positive_iou <= 1, '
                f'found negative_iou={negative_iou}, positive_iou={positive_iou}'
            )
        self.positive_iou = positive_iou
        self.negative_iou = negative_iou

    def __call__(self, anchors: Tensor, segments: Tensor) -> Tensor:
        """Assign every anchor.

        Args:
            anchors: Half-open anchors, shape (N, 2).
            segments: Half-open events in the same unit, shape (M, 2); M may be 0.

        Returns:
            The event's index for a positive anchor, :data:`BACKGROUND` or :data:`IGNORED`; int64, shape (N,).
        """
        if not len(segments):
            return anchors.new_full((len(anchors),), BACKGROUND, dtype=torch.int64)
        iou = segment_iou(anchors, segments)
        best_iou, best_event = iou.max(dim=1)
        assigned = torch.where(
            best_iou >= self.positive_iou, best_event, torch.full_like(best_event, IGNORED)
        )
        assigned = assigned.masked_fill(best_iou < self.negative_iou, BACKGROUND)
        free = iou.clone()
        for event in iou.max(dim=0).values.argsort(descending=True, stable=True).tolist():
            value, anchor = free[:, event].max(dim=0)
            if value > 0:
                assigned[anchor] = event
                free[anchor] = 0
        return assigned
