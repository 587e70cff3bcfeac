from __future__ import annotations

from pathlib import Path

import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.spotting.loading import load_spot_model

ZOO = Path(__file__).parents[2] / 'configs' / 'zoo'


def test_a_spotter_of_flow_is_loaded_from_its_config() -> None:
    model = load_spot_model(str(ZOO / 'of_fd_synthme.py'), thresholds={'MaE': 0.7, 'ME': 0.8})
    assert model.name == 'of_fd_synthme'
    assert model.preparation.streams == ('flow_roi',)


def test_a_spotter_of_histograms_is_refused() -> None:
    with pytest.raises(MESpotError, match='LBPFDSpotter compares histograms of pictures'):
        load_spot_model(str(ZOO / 'lbp_fd_synthme.py'))


def test_a_network_that_decides_on_whole_videos_is_refused(tmp_path: Path) -> None:
    checkpoint = tmp_path / 'final.pth'
    checkpoint.touch()
    with pytest.raises(MESpotError, match=r'must be a LongVideoDataset .* found WholeVideoDataset'):
        load_spot_model(str(ZOO / 'softnet_synthme.py'), checkpoint)
