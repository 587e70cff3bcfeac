from __future__ import annotations

from typing import Any

import pytest

from mmaction_mespot.preprocessing.preparation_settings import PreparationSettings
from mmaction_mespot.preprocessing.video import working_fps


@pytest.mark.parametrize(
    ('fps', 'gap'), [(30, 4), (25, 3), (50, 6), (60, 8), (100, 12), (200, 28), (240, 32), (4, 1)]
)
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
        ({'format': 'zip'}, "format: found 'zip'"),
        ({'format': 'rawframes', 'streams': ('flow_grid',)}, 'format rawframes: found the streams'),
        ({'flow_bound': 0.0}, 'flow_bound: found 0'),
        ({'device': 'tpu'}, "device: found 'tpu'"),
        ({'device': 'cuda', 'flow_method': 'dis'}, 'the flow dis runs on the CPU only'),
        ({'flow_batch': 0}, 'flow_batch: found 0'),
        ({'target_fps': 0.0}, 'target_fps: found 0'),
    ],
)
def test_bad_settings_are_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PreparationSettings(**options)


VIDEO = {'fps': 30.0, 'total_frames': 9}


def test_what_the_files_depend_on() -> None:
    """Device, batch and strictness change nothing that counts."""
    plain = PreparationSettings().parameters(VIDEO, 'f')
    assert sorted(plain) == [
        'crop_size',
        'flow_gap',
        'flow_method',
        'fps',
        'reference',
        'source',
        'streams',
        'target_fps',
        'total_frames',
        'version',
    ]
    assert PreparationSettings(device='cuda', flow_batch=8, strict=True).parameters(VIDEO, 'f') == plain
    assert PreparationSettings(target_fps=60).parameters(VIDEO, 'f') != plain
    pictures = PreparationSettings(format='rawframes').parameters(VIDEO, 'f')
    assert pictures == {**plain, 'format': 'rawframes', 'flow_bound': 20.0}


def test_made_with_these_settings_from_whatever_frames() -> None:
    parameters = PreparationSettings().parameters(VIDEO, 'of another machine')
    assert PreparationSettings().made(parameters, VIDEO)
    assert PreparationSettings(('rgb',)).made(parameters, VIDEO)
    assert not PreparationSettings(crop_size=112).made(parameters, VIDEO)
    assert not PreparationSettings(flow_gap=2).made(parameters, VIDEO)
    only_rgb = PreparationSettings(('rgb',)).parameters(VIDEO, 'f')
    assert not PreparationSettings().made(only_rgb, VIDEO)


@pytest.mark.parametrize('fps', [25.0, 29.97, 30.0, 50.0, 60.0, 100.0, 120.0, 200.0])
def test_prepared_and_spotted_motion_take_the_same_time(fps: float) -> None:
    """Spotting works at a whole fraction of the rate; there its gap is as long as that of the store."""
    working = working_fps(fps, 30.0)
    assert PreparationSettings().gap(working) / working == pytest.approx(PreparationSettings().gap(fps) / fps)
