from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from mmaction_mespot.visualization.bars import plot_bars


def test_draws_groups_with_spreads(tmp_path: Path) -> None:
    values = {'lite': [0.8, float('nan')], 'flow': [0.4, 0.3]}
    spreads = {'lite': [0.02, float('nan')], 'flow': [0.0, 0.0]}
    image = cv2.imread(str(plot_bars(values, ['normal', 'hard'], tmp_path / 'bars.png', spreads)))
    assert image.shape[1] == 1100


def test_wrong_number_of_values_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'lite' needs 2 values"):
        plot_bars({'lite': [0.8]}, ['normal', 'hard'], tmp_path / 'bars.png')
