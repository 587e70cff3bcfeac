from __future__ import annotations

import pytest

from mmaction_mespot.preprocessing.video.packet_times import FrameClock


def _times(stamps: list[float | None], fixed: bool = False) -> list[tuple[float, bool]]:
    clock = FrameClock(10, fixed)
    return [clock.time(stamp) for stamp in stamps]


def test_the_first_frame_is_at_zero_and_pauses_stay() -> None:
    assert _times([5.0, 5.1, 35.1]) == [
        (0.0, False),
        (pytest.approx(0.1), False),
        (pytest.approx(30.1), False),
    ]


def test_missing_stamps_follow_at_the_nominal_rate() -> None:
    assert [time for time, _ in _times([None, None, 7.0, 7.1])] == pytest.approx([0, 0.1, 0.2, 0.3])


def test_equal_stamps_are_moved_apart_without_drift() -> None:
    times = [time for time, _ in _times([0.0, 0.1, 0.1, 0.2])]
    assert times == pytest.approx([0, 0.1, 0.1, 0.2], abs=1e-3)
    assert times[1] < times[2] < times[3]


@pytest.mark.parametrize('odd', [1e6, -50.0])
def test_damaged_stamps_are_evened_out(odd: float) -> None:
    found = _times([0.0, 0.1, odd, odd + 0.1, odd + 0.2])
    assert [time for time, _ in found] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4], abs=1e-6)
    assert [jumped for _, jumped in found] == [False, False, True, False, False]


def test_a_fixed_rate_passes_over_the_stamps() -> None:
    assert _times([3.0, 9.0, None], fixed=True) == [(0, False), (0.1, False), (0.2, False)]
