from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from mmaction_mespot.evaluation.functional.bootstrap import Interval
from mmaction_mespot.visualization.differences import plot_differences
from mmaction_mespot.visualization.style import CLASS_COLOURS

BLUE = np.array([int(CLASS_COLOURS[0][i : i + 2], 16) for i in (5, 3, 1)])  # BGR


def blue_pixels(path: Path) -> int:
    return int((np.abs(cv2.imread(str(path)).astype(int) - BLUE).max(axis=2) < 3).sum())


def test_only_an_interval_without_zero_is_drawn_in_full(tmp_path: Path) -> None:
    pale = plot_differences({'a': [Interval(0.01, -0.05, 0.07)]}, ['normal'], tmp_path / 'pale.png', 'F1')
    full = plot_differences({'a': [Interval(-0.05, -0.09, -0.01)]}, ['normal'], tmp_path / 'full.png', 'F1')
    assert cv2.imread(str(full)).shape[1] == 1100
    assert blue_pixels(pale) == 0 < blue_pixels(full)


def test_a_large_difference_is_written_as_a_number(tmp_path: Path) -> None:
    drawn = []
    for value in (-0.19, -0.9, -0.4):
        row = Interval(value, value - 0.001, value + 0.001)
        picture = plot_differences({'a': [row]}, ['normal'], tmp_path / f'{value}.png', 'F1')
        drawn.append(blue_pixels(picture))
    # One digit differs from the other, nothing else: the number stands where it stood.
    assert min(drawn) > 0 and drawn[1] != drawn[2]


def test_wrong_number_of_values_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'a' needs 2 values"):
        plot_differences({'a': [Interval(0, 0, 0)]}, ['normal', 'hard'], tmp_path / 'd.png', 'F1')
