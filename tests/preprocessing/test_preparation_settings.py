from __future__ import annotations

from typing import Any

import pytest

from mmaction_mespot.preprocessing.preparation_settings import PreparationSettings


@pytest.mark.parametrize(('fps', 'gap'), [(30, 4), (25, 3), (60, 8), (200, 27), (4, 1)])
def test_the_gap_is_as_long_at_any_rate(fps: float, gap: int) -> None:
    assert PreparationSettings().gap(fps) == gap
    assert PreparationSettings(flow_gap=2).gap(fps) == 2


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        ({'streams': ('rgb', 'depth')}, 'streams: found'),
        ({'streams': ()}, 'streams: found'),
        ({'crop_size': 8}, 'crop_size: found 8'),
        ({'flow_method': 'farneback'}, 'flow_method: found'),
        ({'flow_gap': 0}, 'flow_gap: found 0'),
    ],
)
def test_bad_settings_are_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PreparationSettings(**options)
