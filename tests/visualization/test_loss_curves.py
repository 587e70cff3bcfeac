from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from mmaction_mespot.visualization.loss_curves import find_scalars, plot_loss_curves, read_scalars

LINES = [
    '{"lr": 0.001, "loss": 2.0, "loss_cls": 1.5, "step": 10}',
    '{"lr": 0.001, "loss": 1.0, "loss_cls": 0.5, "step": 20, "word": "x"}',
    '{"spotting/F1": 0.4, "spotting/F1_ME": 0.2, "hard/spotting/F1": 0.1, "step": 1}',
]


def test_reads_losses_and_scores(tmp_path: Path) -> None:
    (tmp_path / 'scalars.json').write_text('\n'.join(LINES) + '\n\n')
    curves = read_scalars(tmp_path / 'scalars.json')
    np.testing.assert_array_equal(curves['loss'], ([10, 20], [2, 1]))
    np.testing.assert_array_equal(curves['spotting/F1'], ([1], [0.4]))
    assert 'word' not in curves
    image = cv2.imread(str(plot_loss_curves(curves, tmp_path / 'loss.png')))
    assert image.shape[1] == 1100


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    (tmp_path / 'scalars.json').write_text(LINES[0] + '\n{"loss": 1.0}\n')
    with pytest.raises(ValueError, match=r'scalars.json, line 2: expected a JSON object with "step"'):
        read_scalars(tmp_path / 'scalars.json')


def test_no_loss_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="found only \\['lr'\\]"):
        plot_loss_curves({'lr': (np.zeros(1), np.zeros(1))}, tmp_path / 'loss.png')


def test_takes_the_newest_run_with_a_loss(tmp_path: Path) -> None:
    assert find_scalars(tmp_path) is None
    for run, line in (
        ('20250101_000000', LINES[0]),
        ('20250102_000000', LINES[1]),
        ('20250103_000000', LINES[2]),
    ):
        folder = tmp_path / run / 'vis_data'
        folder.mkdir(parents=True)
        (folder / 'scalars.json').write_text(line + '\n')
    found = find_scalars(tmp_path)
    assert found is not None and found.parent.parent.name == '20250102_000000'
