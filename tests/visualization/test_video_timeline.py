from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mmaction_mespot.visualization.video_timeline import (
    MAX_THUMBNAILS,
    TimelineBar,
    lanes,
    spread,
    video_timeline,
)

FACE = np.full((32, 32, 3), 128, np.uint8)


def bars(count: int) -> list[TimelineBar]:
    return [
        TimelineBar(4.0 * i, 4.0 * i + 0.5, i % 2, 0.5 + 0.01 * i, 4.0 * i + 0.2, FACE) for i in range(count)
    ]


def titles(figure) -> list[str]:
    return [inset.get_title() for axes in figure.axes for inset in axes.child_axes]


def draw(found: list[TimelineBar], **more):
    time_s = np.arange(0, 60, 0.1)
    curves = np.zeros((2, len(time_s)))
    curves[0, 100] = 0.9
    return video_timeline('talk', 60.0, found, time_s, curves, [0.6, 0.5], **more)


def test_the_best_intervals_get_a_picture_by_time() -> None:
    shown = titles(draw(bars(14)))
    assert len(shown) == MAX_THUMBNAILS
    assert shown[0] == 'MaE 16.20 s' and shown[-1] == 'ME 52.20 s'


def test_the_action_units_stand_in_a_second_line() -> None:
    first, second = bars(2)
    assert titles(draw([replace(first, text='AU12 AU25'), second])) == ['MaE 0.20 s\nAU12 AU25', 'ME 4.20 s']


def test_rows_for_what_there_is() -> None:
    assert len(draw(bars(3)).axes) == 3  # pictures, found, scores
    assert len(draw(bars(3), truth=[]).axes) == 4
    assert len(draw([]).axes) == 2
    assert [len(axes.patches) for axes in draw([], truth=bars(5)).axes[:2]] == [0, 5]


def test_no_peak_of_a_long_video_is_lost() -> None:
    time_s = np.arange(0, 3600, 0.033)
    curves = np.zeros((2, len(time_s)))
    curves[1, 77_777] = 0.9
    figure = video_timeline('long', 3600.0, [], time_s, curves, [0.6, 0.5])
    drawn = [line.get_ydata() for line in figure.axes[-1].lines if len(line.get_ydata()) > 2]
    assert all(len(y) <= 4000 for y in drawn)
    assert max(float(np.max(y)) for y in drawn) == 0.9


@given(st.lists(st.floats(0, 10), max_size=10))
def test_pictures_do_not_overlap_and_stay_inside(wanted: list[float]) -> None:
    places = spread(np.sort(np.array(wanted)), 10)
    assert ((places >= 0.5 - 1e-9) & (places <= 9.5 + 1e-9)).all()
    assert (np.diff(places) >= 1 - 1e-9).all()


def test_pictures_stay_where_they_want_to_be_if_there_is_room() -> None:
    np.testing.assert_allclose(spread(np.array([1.0, 4.0, 4.5, 9.9]), 10), [1.0, 4.0, 5.0, 9.5])


def test_overlapping_bars_lie_in_lanes() -> None:
    starts, ends = np.array([0.0, 1.0, 2.0, 5.0]), np.array([2.0, 3.0, 4.0, 6.0])
    assert lanes(starts, ends).tolist() == [0, 1, 0, 0]
    assert lanes(np.zeros(0), np.zeros(0)).tolist() == []
