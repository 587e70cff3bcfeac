from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmaction_mespot.datasets.window_layout import WindowLayout
from mmaction_mespot.errors import MESpotError


def test_aligned_windows() -> None:
    layout = WindowLayout(clip_len=16, stride=8, context=8, align=8)
    # 20 frames: 20 positions, the last window starts at 8 and ends 4 beyond the video
    assert layout.starts(20, 1.0) == [0, 8]
    assert layout.starts(16, 1.0) == [0] and layout.starts(3, 1.0) == [0]
    assert layout.starts(33, 2.0) == [0, 16.0]  # 17 positions
    assert layout.frames(8, 20, 1.0).tolist() == [*range(20), *[19] * 12]
    assert layout.frames(0, 20, 1.0)[:10].tolist() == [*[0] * 8, 0, 1]
    assert layout.snap(3, 100, 1.0) == 0 and layout.snap(13, 100, 1.0) == 16
    assert layout.snap(99, 100, 1.0) == 88  # the last start


def test_context_beside_windows_at_any_frame() -> None:
    layout = WindowLayout(clip_len=4, stride=2, context=2)
    assert layout.starts(9, 1.0) == [0, 2, 4, 5]
    assert layout.frames(5, 9, 1.0).tolist() == [3, 4, 5, 6, 7, 8, 8, 8]
    assert layout.frames(0, 9, 2.0).tolist() == [0, 0, 1, 3, 5, 7, 8, 8]
    assert layout.snap(5, 9, 1.0) == 5


@given(st.integers(1, 700), st.sampled_from([1.0, 25 / 30, 50 / 30, 200 / 30, 7.0, 29.97 / 30]))
def test_aligned_windows_cover_the_video_on_one_grid(total: int, interval: float) -> None:
    layout = WindowLayout(clip_len=32, stride=16, align=8)
    starts = layout.starts(total, interval)
    positions = [layout.position(start, interval) for start in starts]
    assert positions == sorted(set(positions)) and all(p % 8 == 0 for p in positions)
    assert starts[-1] + 32 * interval >= total - 1e-3
    assert len(starts) == 1 or starts[-1] + (32 - 8) * interval < total
    seen = np.concatenate([layout.frames(start, total, interval) for start in starts])
    assert set(np.floor(interval * (np.arange(int(total / interval)) + 0.5))) <= set(seen)
    # overlapping windows read the same frames
    for one, two in pairwise(starts):
        shift = layout.position(two, interval) - layout.position(one, interval)
        first, second = (layout.frames(start, total, interval) for start in (one, two))
        assert first[shift:].tolist() == second[: 32 - shift].tolist()


def test_wrong_numbers() -> None:
    with pytest.raises(MESpotError, match='clip_len=20, stride=8, align=8'):
        WindowLayout(20, 8, 0, 8)
    with pytest.raises(MESpotError, match='context must be at least 0, found -8'):
        WindowLayout(16, 8, -8)
