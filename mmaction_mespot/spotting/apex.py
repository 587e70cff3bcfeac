"""The apex of a found interval: where the face is furthest from its rest."""

from __future__ import annotations

import numpy as np

from mmaction_mespot.spotters.displacement import displacement

TOP_REGIONS = 2
"""Number of regions whose displacement counts, as in the flow spotter."""


def apex_position(flow: np.ndarray, gap: int) -> int:
    """Find the frame of the largest displacement inside an interval.

    The flow of each landmark region is added up to its displacement; the straight line between the
    interval's two ends (drift) is taken off. The mean length over the strongest regions is the distance from
    rest.

    Args:
        flow: Mean flow of each region in the interval's frames, px per `gap` frames, head motion removed,
            (n, regions, 2), n >= 1; NaN counts as still.
        gap: Frames between the two pictures of a flow field.

    Returns:
        Place of the apex among the n frames.

    Raises:
        ValueError: If the interval is empty.
    """
    if len(flow) == 0:
        raise ValueError('an apex needs an interval of at least 1 frame')
    trace = displacement(np.nan_to_num(flow), gap)
    share = np.linspace(0, 1, len(trace))[:, None, None]
    away = np.linalg.norm(trace - (1 - share) * trace[0] - share * trace[-1], axis=2)
    middle = (away[1:] + away[:-1]) / 2
    strongest = np.argsort(-middle.max(axis=0), kind='stable')[:TOP_REGIONS]
    return int(np.argmax(middle[:, strongest].mean(axis=1)))
