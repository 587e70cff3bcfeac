from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from video_files import ramp, write_video

from mmaction_mespot.preprocessing.video.packet_times import PacketTimes, _cut_off, _rate


def test_constant_rate(tmp_path: Path) -> None:
    times = PacketTimes.read(write_video(tmp_path / 'a.mkv', ramp(20)))
    assert (times.count, times.fps, times.cut_off) == (20, 30, None)
    assert times.usual_intervals == pytest.approx((1 / 30, 1 / 30), abs=1e-3)


@pytest.mark.parametrize(
    ('intervals', 'header', 'fps'),
    [
        ([0.04] * 10, 0, 25),
        ([0.033, 0.034, 0.033], 30, 30),
        ([1 / 30] * 30 + [1 / 15] * 15, 30, 22.5),
        ([1 / 30] * 30 + [8.0], 30, 30),
        ([0.0, 0.0], 24, 24),
        ([], 1000.5, 25),
    ],
)
def test_rate(intervals: list[float], header: float, fps: float) -> None:
    assert _rate(np.array(intervals), header) == pytest.approx(fps)


@pytest.mark.parametrize(
    ('count', 'promised', 'span', 'promised_s', 'cut_off'),
    [
        (100, 100, 0, 0, None),
        (98, 100, 0, 0, None),
        (60, 100, 0, 0, '60 of 100 frames are there'),
        (60, 0, 2.0, 10.0, 'the frames end after 2.0 of 10.0 s'),
        (60, 0, 9.5, 10.0, None),
        (60, 0, 9.5, 0, None),
    ],
)
def test_cut_off(count: int, promised: int, span: float, promised_s: float, cut_off: str | None) -> None:
    assert _cut_off(count, promised, span, promised_s) == cut_off
