from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmaction_mespot.evaluation.functional.counts import Counts
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.visualization.outcome_lengths import plot_outcome_lengths
from mmaction_mespot.visualization.subject_bars import plot_subject_bars
from mmaction_mespot.visualization.threshold_curve import plot_threshold_curves, threshold_curve


def make_video() -> VideoResult:
    found = Detections(np.array([[0, 40], [60, 90], [100, 140]]), np.array([0.9, 0.8, 0.4]), np.zeros(3))
    return VideoResult('a', 'a', None, 30, 300, np.array([[0, 40], [100, 140]]), np.zeros(2), found)


def test_threshold_curve_by_hand() -> None:
    scores, f1 = threshold_curve([make_video()], 0)
    assert scores.tolist() == [0.4, 0.8, 0.9]
    # 2 of 3 kept hit 2 labels; 1 of 2; 1 of 1.
    assert f1.tolist() == pytest.approx([4 / 5, 2 / 4, 2 / 3])
    assert len(threshold_curve([make_video()], 1)[0]) == 0


def test_pictures_are_written(tmp_path: Path) -> None:
    video = make_video()
    counts = {'a': {'MaE': Counts(2, 1, 0), 'ME': Counts(), 'overall': Counts(2, 1, 0)}}
    paths = [
        plot_threshold_curves([video], {'MaE': [0.5, 0.6], 'ME': [float('inf')]}, tmp_path / 'x' / 'a.png'),
        plot_subject_bars(counts, tmp_path / 'b.png'),
        plot_outcome_lengths({('TP', 0): [1.0, 1.2], ('FP', 1): [0.3]}, tmp_path / 'c.png'),
        plot_outcome_lengths({}, tmp_path / 'd.png'),
    ]
    assert all(path.stat().st_size > 3000 for path in paths)


def test_nobody(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match='nobody to draw'):
        plot_subject_bars({}, tmp_path / 'b.png')
