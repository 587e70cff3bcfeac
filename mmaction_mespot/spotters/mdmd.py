"""Spotting without training by the main directional maximal difference, the baseline of the challenges."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from mmaction.registry import MODELS

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES, ME, Detections
from mmaction_mespot.intervals.length_classes import MAX_ME_LENGTH_S
from mmaction_mespot.spotters.displacement import displacement
from mmaction_mespot.spotters.flow_spotter import FlowSpotter
from mmaction_mespot.spotters.main_direction import maximal_difference, relative_difference, runs_above


@MODELS.register_module()
class MDMDSpotter(FlowSpotter):
    """Main directional maximal difference (MDMD), after the baseline of MEGC 2020.

    A movement that goes away and comes back within about 2 k is found by comparing three frames, k apart. In
    each block of the face, the flow from frame i - k to i gives the main direction; along it, what the
    flow to i is ahead of the flow to i + k is the block's difference. The mean over the third of the blocks
    with the largest differences, minus the mean of that value at i - k and i + k, is the relative difference
    r_i (negative ones are 0). Frames with r_i above ``mean + p (max - mean)`` of their video are kept; a
    run of them is an interval. There is one k per class, and an interval counts if its length is one of that
    class (ME up to 0.5 s).

    p has two parts here: `level` is the p at which intervals are cut out, and the score of an interval is the
    p up to which its highest frame is kept, ``(max of the interval - mean) / (max of the video - mean)``. So
    the score threshold that is chosen on the validation people is the paper's p of each class.

    Where this differs from the baseline: the flow between frames k apart is the sum of the prepared flow, not
    computed anew; a block is a few cells of the 12 x 12 grid, so its main direction is that of its mean flow
    instead of the fullest sector of its pixels' directions; the face is aligned by the preparation.

    Sources: He Ying, Wang Su-Jing, Li Jingting, Yap, "Spotting Macro- and Micro-expression Intervals in Long
    Video Sequences", FG 2020 (k and p of both classes, intervals); Wang Su-Jing et al., "A main directional
    maximal difference analysis for spotting facial movements from long-term videos", Neurocomputing 230, 2017
    (blocks, main direction, relative difference, threshold).

    Args:
        step_s: The k of (MaE, ME), seconds. The baseline's are 39 and 12 frames at 30 fps, 1.3 and 0.4.
        level: The p at which the intervals are cut out. The baseline's is 0.01.
        block_cells: Side of a block in cells of the grid; 2 gives the 6 x 6 blocks of the paper.
        min_length_s: Shortest interval.
        max_length_s: Longest interval.

    Raises:
        ValueError: If a parameter is out of range.
    """

    stream = 'flow_grid'

    def __init__(
        self,
        step_s: Sequence[float] = (1.0, 0.33),
        level: float = 0.0,
        block_cells: int = 2,
        min_length_s: float = 0.2,
        max_length_s: float = 4.0,
    ) -> None:
        super().__init__()
        if len(step_s) != len(CLASSES) or min(step_s) <= 0:
            raise MESpotError(f'step_s needs positive seconds for each of {CLASSES}, found {step_s}')
        if not 0 <= level < 1:
            raise MESpotError(f'level must lie in [0, 1), found {level}')
        if not 0 < min_length_s < MAX_ME_LENGTH_S < max_length_s:
            raise MESpotError(
                f'0 < min_length_s < {MAX_ME_LENGTH_S} < max_length_s expected, found {min_length_s}, '
                f'{max_length_s}'
            )
        self.step_s, self.level, self.block_cells = tuple(step_s), level, block_cells
        self.min_length_s, self.max_length_s = min_length_s, max_length_s

    def spot(self, flow: np.ndarray, fps: float, gap: int) -> Detections:
        """Find the candidates of one video, for all thresholds.

        Args:
            flow: Flow on a grid with the head motion removed, px per `gap` frames, (n, rows, columns, 2);
                NaN counts as still.
            fps: Frame rate.
            gap: Frames between the two pictures of a flow field.

        Returns:
            Candidates of both classes; those of one class do not overlap.

        Raises:
            ValueError: If the flow lies on no grid.
        """
        flow = np.asarray(flow)
        if flow.ndim != 4 or flow.shape[3] != 2:
            raise ValueError(f'Grid flow needs the shape (frames, rows, columns, 2), found {flow.shape}')
        cells = np.nan_to_num(flow).reshape(len(flow), -1, 2)
        trace = displacement(cells, gap).reshape(-1, *flow.shape[1:])
        found = [self._spot_class(trace, fps, label) for label in range(len(CLASSES))]
        return Detections.concatenate(found)

    def _spot_class(self, trace: np.ndarray, fps: float, label: int) -> Detections:
        """Candidates of one class."""
        step = max(round(self.step_s[label] * fps), 1)
        r = relative_difference(maximal_difference(trace, step, self.block_cells), step)
        mean, highest = r.mean(), r.max()
        if highest <= mean:
            return Detections.empty()
        runs = runs_above(r, mean + self.level * (highest - mean))
        lengths_s = (runs[:, 1] - runs[:, 0]) / fps
        shortest, longest = (
            (self.min_length_s, MAX_ME_LENGTH_S) if label == ME else (MAX_ME_LENGTH_S, self.max_length_s)
        )
        runs = runs[(lengths_s >= shortest) & (lengths_s <= longest)]
        peaks = np.array([r[start:end].max() for start, end in runs])
        scores = (peaks - mean) / (highest - mean)
        return Detections(np.minimum(runs, len(trace) - 1), scores, np.full(len(runs), label))
