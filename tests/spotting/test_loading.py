from __future__ import annotations

import inspect
import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit, logit

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.spotting.inferencer import SpottingInferencer
from mmaction_mespot.spotting.jobs import SpotterSetup
from mmaction_mespot.spotting.loading import MOVEMENT, load_spot_model
from mmaction_mespot.spotting.training_free import movement_rates

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


def test_one_spotter_is_the_default_everywhere() -> None:
    setup = {field.name: field.default for field in fields(SpotterSetup)}
    for function in (SpottingInferencer.__init__, load_spot_model):
        given = {name: one.default for name, one in inspect.signature(function).parameters.items()}
        shared = (setup.keys() & given.keys()) - {'self'}
        assert setup['model'] == MOVEMENT and {'model', 'false_per_minute', 'calibration'} <= shared
        assert {name: given[name] for name in shared} == {name: setup[name] for name in shared}


def test_thresholds_for_a_rate_and_what_is_to_be_expected_of_others() -> None:
    table = movement_rates()
    model = load_spot_model(false_per_minute=1)
    assert model.thresholds == table.thresholds(1)
    assert model.false_per_minute == {'expected': pytest.approx(1, abs=0.01), 'measured_on': table.made_from}
    config = Path(__file__).parents[2] / 'configs' / 'spotters' / 'movement.py'
    assert load_spot_model(str(config), false_per_minute=1).thresholds == model.thresholds
    own = load_spot_model(thresholds={'MaE': 0.6, 'ME': 0.7})
    expected = {'expected': round(table.rate((0.6, 0.7)), 3), 'measured_on': table.made_from}
    assert own.false_per_minute == expected
    assert load_spot_model('flow').worth is None and load_spot_model('flow').false_per_minute is None
    with pytest.raises(MESpotError, match='flow has no table of them, expected movement, or thresholds'):
        load_spot_model('flow', false_per_minute=1)
    with pytest.raises(MESpotError, match='give one of thresholds, false_per_minute and calibration'):
        load_spot_model(thresholds={'MaE': 0.5}, false_per_minute=1)


def _calibration(path: Path, rate: float | None) -> Path:
    pairs = {'thresholds': (0.6, 0.7), 'slopes': (2.0, 1.0), 'offsets': (0.5, -1.0)}
    content = {key: {'MaE': pair[0], 'ME': pair[1]} for key, pair in pairs.items()}
    gain = {'reviewed_minutes': 3.25, 'after': {'false_per_min': rate}}
    path.write_text(
        json.dumps(
            {'format': 'mmaction_mespot.calibration', 'version': 1, 'model': 'flow', **content, 'gain': gain}
        )
    )
    return path


def test_a_calibration_of_own_reviews_gives_thresholds_probabilities_and_the_rate(tmp_path: Path) -> None:
    model = load_spot_model('flow', calibration=_calibration(tmp_path / 'c.json', 0.4))
    assert model.thresholds == (0.6, 0.7) and model.worth is not None
    found = model.worth.probability(np.array([0.8, 0.8]), np.array([0, 1]))
    assert found == pytest.approx([expit(2 * logit(0.8) + 0.5), expit(logit(0.8) - 1)])
    words = '3.25 minutes of own videos that a coder reviewed'
    assert model.false_per_minute == {'expected': 0.4, 'measured_on': words}
    assert model.worth.rate((0.6, 0.71)) is None
    unknown = load_spot_model('flow', calibration=_calibration(tmp_path / 'd.json', None))
    assert unknown.false_per_minute is None
    with pytest.raises(MESpotError, match="is for the spotter 'flow', expected 'movement'"):
        load_spot_model(calibration=tmp_path / 'c.json')
