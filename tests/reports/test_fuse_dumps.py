from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.counts import OVERALL, count_videos
from mmaction_mespot.evaluation.functional.dump import Dump, load_dump, save_dump
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.intervals.late_fusion import LateFusion
from mmaction_mespot.reports.fuse_dumps import choose_fusion, fuse_dumps, fused_dump

METAINFO = dict(classes=['MaE', 'ME'], thresholds={'MaE': 0.5, 'ME': 0.5}, top_threshold=None)
METAINFO |= dict(threshold_source='given', iou_threshold=0.5, post_processing={})


def dump(video: str, *candidates: tuple[int, float], total: int = 1000) -> Dump:
    """A video with MaE of 30 frames at 100 and 500; candidates are (start, score), each 30 frames long."""
    starts = np.array([start for start, _ in candidates])
    found = Detections(
        np.stack([starts, starts + 30], axis=1), [score for _, score in candidates], np.zeros(len(starts))
    )
    truth = np.array([[100, 130], [500, 530]])
    return Dump(METAINFO, [VideoResult(video, video[:3], 'normal', 30.0, total, truth, np.zeros(2), found)])


def test_scores_are_added_by_weight() -> None:
    (fused,) = fuse_dumps(
        dump('s01_1', (100, 0.8), (300, 0.6)), dump('s01_1', (101, 0.4), (500, 1.0)), LateFusion(0.25)
    )
    found = dict(zip(fused.detections.segments[:, 0].tolist(), fused.detections.scores.tolist(), strict=True))
    assert found == pytest.approx({100: 0.75 * 0.8 + 0.25 * 0.4, 300: 0.45, 500: 0.25})


def test_weight_and_thresholds_come_from_validation_people(tmp_path: Path) -> None:
    # The first method puts a false candidate above the second event; the second method knows both events.
    first, second = (100, 0.9), (500, 0.3)
    val = dump('s02_1', first, (300, 0.5), second), dump('s02_1', (100, 0.9), (500, 0.9))
    assert choose_fusion(*val, [0.0, 0.5], 0.5).weight == 0.5
    fused = fused_dump(
        dump('s01_1', first, (700, 0.5), second), dump('s01_1', (100, 0.9), (500, 0.9)), *val, [0.0, 0.5], 0.5
    )
    counts = count_videos(fused.final_videos(), 0.5)[OVERALL]
    assert (counts.tp, counts.fp, counts.fn) == (2, 0, 0)
    save_dump(fused, tmp_path / 'fused.json')
    assert load_dump(tmp_path / 'fused.json').metainfo['post_processing']['fusion']['weight'] == 0.5


def test_other_videos_are_refused() -> None:
    one = dump('s01_1', (100, 0.9))
    with pytest.raises(
        MESpotError, match=r"in one of them only: \('normal', 's01_1'\), \('normal', 's02_1'\)"
    ):
        fuse_dumps(one, dump('s02_1', (100, 0.9)), LateFusion(0.5))
    with pytest.raises(MESpotError, match='found 1000 frames with 2 labels and 900 with 2'):
        fuse_dumps(one, dump('s01_1', (100, 0.9), total=900), LateFusion(0.5))
    with pytest.raises(MESpotError, match=r"found \['s01_1'\] in both"):
        fused_dump(one, one, one, one, [0.5], 0.5)
