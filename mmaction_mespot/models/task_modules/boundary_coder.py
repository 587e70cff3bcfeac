"""Intervals as offsets from anchors and back."""

from __future__ import annotations

from mmaction.registry import TASK_UTILS
from torch import Tensor


@TASK_UTILS.register_module()
class BoundaryCoder:
    """Code an interval by the shifts of its two ends from the anchor's, in anchor lengths.

    The two outputs of the CRN's regression (paper, section III-D: "regresses the temporal boundaries of the
    proposed clip").
    """

    def encode(self, anchors: Tensor, segments: Tensor) -> Tensor:
        """Offsets ``((start - a_start) / a_length, (end - a_end) / a_length)``.

        Args:
            anchors: Shape (N, 2), each longer than 0.
            segments: Shape (N, 2), in the anchors' unit.

        Returns:
            Shape (N, 2).
        """
        return (segments - anchors) / (anchors[:, 1:] - anchors[:, :1])

    def decode(self, anchors: Tensor, offsets: Tensor) -> Tensor:
        """Undo :meth:`encode`.

        Args:
            anchors: Shape (N, 2).
            offsets: Shape (N, 2).

        Returns:
            Segments in the anchors' unit, shape (N, 2); an end may lie before its start.
        """
        return anchors + offsets * (anchors[:, 1:] - anchors[:, :1])
