from __future__ import annotations

from pathlib import Path

import pytest
from mmengine.config import Config

from mmaction_mespot.datasets.transforms import StreamCenterCrop, StreamResize
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.streaming import WindowSettings

CONFIGS = Path(__file__).parents[3] / 'configs'


def test_settings_of_a_config() -> None:
    settings = WindowSettings.from_config(Config.fromfile(CONFIGS / 'mespot_synthetic.py'))
    assert settings.streams == dict(rgb='rgb', flow='flow') and settings.remove_head_motion
    options = settings.spotter_options(25.0)
    resize, crop = options.pop('pipeline')
    assert isinstance(resize, StreamResize) and isinstance(crop, StreamCenterCrop)
    assert options == dict(
        clip_len=64, stride=32, fps=25.0, frame_interval=25 / 15, streams=('rgb', 'flow'), context=None
    )
    samm = WindowSettings.from_config(Config.fromfile(CONFIGS / 'mespot_samm.py'))
    assert samm.interval(200.0) == 7


def test_another_data_set_is_an_error() -> None:
    cfg = Config(dict(test_dataloader=dict(dataset=dict(type='ActivityNetDataset', pipeline=[]))))
    with pytest.raises(MESpotError, match=r'be a LongVideoDataset .* found ActivityNetDataset with \[\]'):
        WindowSettings.from_config(cfg)
