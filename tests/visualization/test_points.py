from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from mmaction_mespot.visualization.points import plot_points


def test_panels_and_missing_values(tmp_path: Path) -> None:
    path = plot_points(
        ['a', 'b'], [10, 1000], {'normal': [0.2, 0.9], 'hard': [0.1, 0.5]}, tmp_path / 'p.png', 'x', 'F1'
    )
    assert cv2.imread(str(path)).shape[1] == 1100
    with pytest.raises(ValueError, match="'hard' needs 2 values"):
        plot_points(['a', 'b'], [1, 2], {'hard': [0.1]}, tmp_path / 'q.png', 'x', 'F1')
