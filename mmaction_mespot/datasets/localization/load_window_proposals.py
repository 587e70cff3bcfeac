"""Proposals of another localizer, to be refined."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform

from mmaction_mespot.delimited_text import read_delimited
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.iou import segment_iou

_SCORE_COLUMN = 4
_LARGEST = 1e6


@TRANSFORMS.register_module()
class LoadWindowProposals(BaseTransform):
    """Read a window's proposals, as ``tools/bsn_proposals.py`` writes them, for TCANet.

    TCANet's loss compares proposal i with ``gt_bbox[i]``. So with ``match=True`` the ground truth is replaced
    by the interval that each proposal overlaps most.

    Required keys: ``video_name``, and ``gt_bbox`` (N, 2) with ``match``. Added key: ``proposals`` (P, 3):
    start and end in shares of the window, and score. Modified key: ``gt_bbox``, then (P, 2).

    Args:
        proposals_dir: Folder of the CSV files, named after the windows.
        top_k: The best so many of each window. Defaults to 100.
        match: Match the ground truth to the proposals (training). Defaults to False.
    """

    def __init__(self, proposals_dir: str, top_k: int = 100, match: bool = False) -> None:
        self.proposals_dir = Path(proposals_dir)
        self.top_k = top_k
        self.match = match

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Read and match.

        Raises:
            FileNotFoundError: If the window has no file; the message names the tool that makes it.
            MESpotError: If the file holds no proposals, or there is no ground truth to match.
        """
        path = self.proposals_dir / f'{results["video_name"]}.csv'
        if not path.is_file():
            raise FileNotFoundError(f'{path}: no proposals of this window; tools/bsn_proposals.py makes them')
        rows = _read(path)[: self.top_k]
        results['proposals'] = rows[:, [0, 1, _SCORE_COLUMN]]
        if self.match:
            truth = np.asarray(results['gt_bbox'], np.float32).reshape(-1, 2)
            if not len(truth):
                raise MESpotError(f'LoadWindowProposals: {results["video_name"]} holds no event to match')
            results['gt_bbox'] = truth[segment_iou(rows[:, :2], truth).argmax(axis=1)]
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}({self.proposals_dir}, top_k={self.top_k}, match={self.match})'


def _read(path: Path) -> np.ndarray:
    """Rows of start and end in shares of the window, scores of both, and the score: finite, forward."""
    rows = []
    for number, row in enumerate(read_delimited(path)):
        if number == 0:  # the titles
            continue
        try:
            values = np.array([float(cell) for cell in row.cells])
        except ValueError:
            values = np.array([np.nan])
        usable = len(values) > _SCORE_COLUMN and np.isfinite(values).all() and np.abs(values).max() < _LARGEST
        if not usable or values[1] < values[0]:
            raise MESpotError(
                f'{path}, row {row.number}: found {", ".join(row.cells)[:80]}, expected more than '
                f'{_SCORE_COLUMN} finite numbers, the second one (the end) at least the first (the start)'
            )
        rows.append(values)
    if not rows or len({len(row) for row in rows}) > 1:
        raise MESpotError(f'{path}: found no rows, or rows of unequal length, expected proposals')
    return np.array(rows, dtype=np.float32)
