"""Which point answers for which event."""

from __future__ import annotations

import torch
from mmaction.registry import TASK_UTILS
from torch import Tensor

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.task_modules.segment_assigner import BACKGROUND


@TASK_UTILS.register_module()
class PointAssigner:
    """Assign points to events by their place and their level.

    A point answers for an event when it lies in it, within ``centre_radius`` strides of its middle (centre
    sampling), and its distance to the farther end is in the range of its level. Where several events
    want a point, the shortest one gets it. An event that no point answers for gets the free point nearest to
    its middle on the level in whose range half its length is, if one lies in it.

    Args:
        centre_radius: In strides of the point's level. Defaults to 1.5 (ActionFormer).

    Raises:
        MESpotError: If the radius is not above 0.
    """

    def __init__(self, centre_radius: float = 1.5) -> None:
        if not centre_radius > 0:
            raise MESpotError(f'PointAssigner: centre_radius must be above 0, found {centre_radius}')
        self.centre_radius = centre_radius

    def __call__(self, points: Tensor, segments: Tensor, instants_per_s: float) -> Tensor:
        """Assign every point.

        Args:
            points: Rows of :class:`SegmentPoints`, shape (N, 4).
            segments: Half-open events in window instants, shape (M, 2); M may be 0.
            instants_per_s: Instants of the window in a second.

        Returns:
            The event's index, or :data:`BACKGROUND`; int64, shape (N,).
        """
        assigned = points.new_full((len(points),), BACKGROUND, dtype=torch.int64)
        if not len(segments):
            return assigned
        instants, strides, low, high = (column[:, None] for column in points.unbind(dim=1))
        starts, ends = segments[:, 0], segments[:, 1]
        inside = (instants > starts) & (instants < ends)
        from_middle = (instants - (starts + ends) / 2).abs()
        reach = torch.maximum(instants - starts, ends - instants) / instants_per_s
        answers = inside & (from_middle <= self.centre_radius * strides) & (reach >= low) & (reach < high)
        lengths = (ends - starts).expand_as(reach).masked_fill(~answers, torch.inf)
        shortest, event = lengths.min(dim=1)
        assigned = torch.where(shortest.isfinite(), event, assigned)

        half = (ends - starts) / 2 / instants_per_s
        possible = inside & (half >= low) & (half < high)
        for index in range(len(segments)):
            if (assigned == index).any():
                continue
            distance = from_middle[:, index].masked_fill(
                ~possible[:, index] | (assigned != BACKGROUND), torch.inf
            )
            nearest = distance.argmin()
            if distance[nearest].isfinite():
                assigned[nearest] = index
        return assigned
