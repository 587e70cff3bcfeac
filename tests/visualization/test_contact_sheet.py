from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from mmaction_mespot.visualization.contact_sheet import SheetEvent, flow_picture, plot_contact_sheet


def sheet_event(label: int) -> SheetEvent:
    images = tuple(np.full((48, 48, 3), value, np.uint8) for value in (90, 120, 95))
    flow = np.zeros((48, 48, 2), np.float32)
    return SheetEvent('ME, 1.00 s', label, images, ('onset 1', 'apex 2', 'offset 3'), flow)  # type: ignore[arg-type]


@pytest.mark.parametrize(('number', 'lines'), [(1, 1), (2, 1), (3, 2)])
def test_two_events_a_line(tmp_path: Path, number: int, lines: int) -> None:
    path = plot_contact_sheet([sheet_event(i % 2) for i in range(number)], tmp_path / 'sheet.png', 'a video')
    image = cv2.imread(str(path))
    assert image.shape[:2] == (pytest.approx(110 * (1.75 * lines + 0.4), abs=2), 1100)


def test_no_event_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match='No event'):
        plot_contact_sheet([], tmp_path / 'sheet.png')


def test_hue_says_where_to_and_strength_how_far() -> None:
    flow = np.array([[[0, 0], [2, 0], [1, 0], [-2, 0], [9, 0]]], dtype=np.float32)
    picture = flow_picture(flow, full_px=2.0)[0].astype(int)
    assert picture[0].tolist() == [255, 255, 255]
    assert picture[1].tolist() == [255, 0, 0]
    np.testing.assert_allclose(picture[2], [255, 127, 127], atol=1)
    np.testing.assert_allclose(picture[3], [0, 255, 255], atol=1)
    assert picture[4].tolist() == picture[1].tolist()


def test_refuses_what_is_no_flow() -> None:
    with pytest.raises(ValueError, match=r'\(H, W, 2\)'):
        flow_picture(np.zeros((4, 4)), 1.0)
    with pytest.raises(ValueError, match='positive'):
        flow_picture(np.zeros((4, 4, 2)), 0.0)
