from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from video_files import timed

from mmaction_mespot.preprocessing.video import TimedFrame, resample, working_fps

_IMAGE = np.zeros((2, 2, 3), np.uint8)


def _at(*times: float) -> list[TimedFrame]:
    return [TimedFrame(index, time, _IMAGE) for index, time in enumerate(times)]


def _indices(frames: list[TimedFrame], fps: float) -> list[int]:
    return [frame.index for frame in resample(frames, fps)]


@pytest.mark.parametrize(
    ('nominal', 'target', 'expected'),
    [
        (60, 30, 30),
        (240, 30, 30),
        (25, 30, 25),
        (50, 30, 25),
        (40, 30, 40),
        (59.94, 30, 29.97),
        (15, 30, 15),
        (200, None, 200),
    ],
)
def test_the_working_rate_is_a_whole_fraction(nominal: float, target: float | None, expected: float) -> None:
    assert working_fps(nominal, target) == pytest.approx(expected)


@pytest.mark.parametrize(('nominal', 'target'), [(0, 30), (30, 0), (float('nan'), 30)])
def test_rates_must_be_positive(nominal: float, target: float) -> None:
    with pytest.raises(ValueError, match='must be positive'):
        working_fps(nominal, target)


def test_a_constant_rate_stays_as_it_is() -> None:
    frames = timed([_IMAGE] * 50, fps=29.97)
    assert _indices(frames, 29.97) == list(range(50))
    assert list(resample(frames, 29.97))[7] is frames[7]


def test_time_stamps_in_whole_milliseconds_neither_repeat_nor_drop() -> None:
    assert _indices(_at(*(round(i / 30, 3) for i in range(90))), 30) == list(range(90))


@given(st.lists(st.floats(-0.015, 0.015), min_size=2, max_size=60))
@settings(max_examples=50, deadline=None)
def test_jitter_below_half_an_interval_neither_repeats_nor_drops(jitter: list[float]) -> None:
    # A quarter: the tolerance is half of the usual interval, which the jitter shortens too.
    times = [i / 30 + 0.5 * shift for i, shift in enumerate([0.0, *jitter])]
    assert _indices(_at(*times), 30) == list(range(len(times)))


@pytest.mark.parametrize('factor', [2, 4, 8])
def test_faster_video_is_thinned_out_evenly(factor: int) -> None:
    rng = np.random.default_rng(0)
    jitter = rng.uniform(-0.2, 0.2, 40 * factor) / (30 * factor)
    times = np.arange(40 * factor) / (30 * factor) + np.append(0, jitter[1:])
    assert _indices(_at(*times), 30) == list(range(0, 40 * factor, factor))


def test_a_pause_is_filled_with_the_frame_on_screen() -> None:
    # Frame 3 comes at 0.5 s; it may be shown half of the usual 0.1 s earlier, not more.
    assert _indices(_at(0, 0.1, 0.2, 0.5, 0.6), 10) == [0, 1, 2, 2, 2, 3, 4]


def test_slower_and_faster_stretches_keep_their_times() -> None:
    times = [*np.arange(0, 2, 1 / 30), *np.arange(2, 4, 1 / 15), *np.arange(4, 6, 1 / 30)]
    for position, frame in enumerate(resample(_at(*times), 25)):
        assert abs(frame.time_s - position / 25) < 1 / 15 + 1e-6
    assert position == pytest.approx(6 * 25, abs=1)


def test_what_comes_before_the_first_frame_shows_it() -> None:
    assert _indices(_at(0.2, 0.3), 10) == [0, 0, 0, 1]


def test_no_frames_and_one_frame() -> None:
    assert _indices([], 30) == []
    assert _indices(_at(0), 30) == [0]
