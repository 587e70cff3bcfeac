from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from matplotlib.figure import Figure

from mmaction_mespot.evaluation.functional.outcomes import video_outcomes
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.visualization.timeline import draw_bar, plot_timeline, score_curve, timeline_title

SHORT = VideoResult(
    's01_0101',
    's01',
    'hard',
    30.0,
    1800,
    np.array([[300, 345], [600, 612], [900, 990]]),
    np.array([0, 1, 0]),
    Detections(
        np.array([[302, 344], [1200, 1212], [100, 130]]), np.array([0.9, 0.8, 0.2]), np.array([0, 1, 0])
    ),
)


def test_score_curve_is_the_highest_score_over_each_frame() -> None:
    candidates = Detections(
        np.array([[2, 5], [4, 8.5], [0, 3]]), np.array([0.5, 0.7, 0.9]), np.array([0, 0, 1])
    )
    expected = [0, 0, 0.5, 0.5, 0.7, 0.7, 0.7, 0.7, 0.7, 0]
    np.testing.assert_array_equal(score_curve(candidates, 0, 10), expected)
    np.testing.assert_array_equal(score_curve(candidates, 1, 4), [0.9, 0.9, 0.9, 0])


def test_title_counts() -> None:
    title = timeline_title(SHORT, video_outcomes(SHORT, [0.5, 0.5]))
    assert title.split('      ') == [
        's01_0101 (hard)',
        'MaE 1 of 2 found, 0 false',
        'ME 0 of 1 found, 1 false',
    ]


@pytest.mark.parametrize(
    ('kind', 'filled', 'hatched', 'crossed'),
    [('TP', True, False, False), ('FP', False, True, False), ('FN', False, False, True)],
)
def test_marks(kind: str, filled: bool, hatched: bool, crossed: bool) -> None:
    axes = Figure().subplots()
    draw_bar(axes, (30, 60), 1, kind, fps=30.0, seconds=60.0)
    (bar,) = axes.patches
    assert (bar.get_facecolor()[:3] != (1.0, 1.0, 1.0)) == filled
    assert bool(bar.get_hatch()) == hatched
    assert bool(axes.lines) == crossed
    assert (bar.get_x(), bar.get_width()) == pytest.approx((1.0, 1.0))


def test_short_bars_stay_visible_and_centred() -> None:
    axes = Figure().subplots()
    draw_bar(axes, (3000, 3009), 1, 'TP', fps=30.0, seconds=600.0)
    (bar,) = axes.patches
    assert bar.get_width() == pytest.approx(2.4)
    assert bar.get_x() + bar.get_width() / 2 == pytest.approx(100.15)


def test_writes_a_picture_of_readme_width(tmp_path: Path) -> None:
    path = plot_timeline(SHORT, [0.5, 0.5], tmp_path / 'deep' / 'timeline.png')
    image = cv2.imread(str(path))
    assert image.shape[1] == 1100 and 250 < image.shape[0] < 500
    assert image.std() > 10


def test_a_video_without_labels_or_candidates_is_drawn(tmp_path: Path) -> None:
    empty = VideoResult('v', 's', None, 30.0, 90, np.zeros((0, 2)), np.zeros(0), Detections.empty())
    assert plot_timeline(empty, [np.inf, 0.5], tmp_path / 'empty.png').is_file()
