"""Proposals of another localizer, to be refined."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.iou import segment_iou

_SCORE_COLUMN = 4


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
            MESpotError: If there is no ground truth to match.
        """
        path = self.proposals_dir / f'{results["video_name"]}.csv'
        if not path.is_file():
            raise FileNotFoundError(f'{path}: no proposals of this window; tools/bsn_proposals.py makes them')
        rows = np.loadtxt(path, dtype=np.float32, delimiter=',', skiprows=1, ndmin=2)[: self.top_k]
        results['proposals'] = rows[:, [0, 1, _SCORE_COLUMN]]
        if self.match:
            truth = np.asarray(results['gt_bbox'], np.float32).reshape(-1, 2)
            if not len(truth):
                raise MESpotError(f'LoadWindowProposals: {results["video_name"]} holds no event to match')
            results['gt_bbox'] = truth[segment_iou(rows[:, :2], truth).argmax(axis=1)]
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}({self.proposals_dir}, top_k={self.top_k}, match={self.match})'
