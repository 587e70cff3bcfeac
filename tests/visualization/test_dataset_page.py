from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from mmaction_mespot.annotations.statistics import DatasetStatistics
from mmaction_mespot.visualization.dataset_page import plot_dataset_statistics


@pytest.mark.parametrize('lengths', [([1.0, 2.0], [0.3]), ([], [])])
def test_draws_with_and_without_events(tmp_path: Path, lengths: tuple[list[float], list[float]]) -> None:
    statistics = DatasetStatistics(
        videos=2,
        videos_without_events=1,
        subjects=2,
        duration_s=60.0,
        lengths_s=(np.array(lengths[0]), np.array(lengths[1])),
        events_per_video=np.array([len(lengths[0]) + len(lengths[1]), 0]),
        events_per_subject={'a': (len(lengths[0]), len(lengths[1])), 'b': (0, 0)},
        overlaps=(),
    )
    image = cv2.imread(str(plot_dataset_statistics(statistics, tmp_path / 'statistics.png', 'a set')))
    assert image.shape[1] == 1100
    assert (image.reshape(-1, 3) != 255).any()
