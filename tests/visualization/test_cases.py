from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from mmaction_mespot.visualization.cases import Case, motion_picture, plot_cases


def make_case(truth: tuple[float, float] | None, found: tuple[float, float] | None) -> Case:
    images = tuple(np.full((192, 192, 3), value, np.uint8) for value in (90, 120, 95))
    return Case('ME found', 1, images, (1.0, 1.2, 1.4), np.ones(60), np.arange(60) / 30, truth, found, 0.5)  # type: ignore[arg-type]


def test_motion_picture_shows_what_moved_and_not_the_light() -> None:
    before = np.full((100, 100, 3), 100, np.uint8)
    after = before + np.uint8(20)
    after[40:60, 40:60] += 30
    motion = motion_picture(before, after)
    assert motion[50, 50] == pytest.approx(30, abs=0.5)
    assert motion[:20].max() < 0.5


def test_motion_picture_needs_one_size() -> None:
    with pytest.raises(ValueError, match='one size'):
        motion_picture(np.zeros((4, 4, 3), np.uint8), np.zeros((5, 4, 3), np.uint8))


@pytest.mark.parametrize('number', [1, 3])
def test_draws_a_row_a_case(tmp_path: Path, number: int) -> None:
    cases = [make_case((1.0, 1.4), (1.1, 1.5)), make_case((1.0, 1.4), None), make_case(None, (0.5, 0.9))]
    image = cv2.imread(str(plot_cases(cases[:number], tmp_path / 'cases.png')))
    assert image.shape[1] == 1100 and image.shape[0] == pytest.approx(258.5 * number, abs=2)


def test_no_case_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match='No case'):
        plot_cases([], tmp_path / 'cases.png')
