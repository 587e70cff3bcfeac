from __future__ import annotations

from pathlib import Path

import pytest
import torch

from mmaction_mespot.apis.preparation_for import preparation_for
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.preparation_settings import REFERENCE, PreparationSettings


def test_configs_say_their_streams_and_how_they_are_made() -> None:
    lite = preparation_for('configs/mespot_lite_synthetic.py')
    assert lite == dict(streams=('flow_grid',), crop_size=112, flow_method='tvl1-fast')
    two = preparation_for('configs/mespot_synthetic.py')
    assert two['streams'] == ('rgb', 'flow')
    assert preparation_for('configs/spotters/mdmd.py') == {'streams': ('flow_grid',)}
    movement = {'crop_size': 112, 'flow_method': 'tvl1-fast', 'streams': ('flow_roi', 'face_shape')}
    assert preparation_for('configs/spotters/movement.py') == movement
    shipped = preparation_for('lite')
    assert shipped == {**lite, 'flow_gap': None}
    assert PreparationSettings(**shipped).gap(30) == 4


def test_checkpoints_of_a_training(tmp_path: Path) -> None:
    path = tmp_path / 'final.pth'
    said = dict(streams=['flow_roi'], crop_size=64, flow_method='dis', flow_gap=None, target_fps=60.0)
    torch.save({'state_dict': {}, 'meta': {'preparation': {**said, 'reference': REFERENCE}}}, path)
    assert preparation_for(str(path)) == {**said, 'streams': ('flow_roi',)}
    torch.save({'state_dict': {}, 'meta': {'preparation': {**said, 'reference': 'the nose'}}}, path)
    with pytest.raises(MESpotError, match=r'final\.pth: trained on crops with the nose, .* it makes eyes'):
        preparation_for(str(path))
    torch.save({'state_dict': {}}, path)
    with pytest.raises(MESpotError, match=r'final\.pth: does not say how its videos were prepared'):
        preparation_for(str(path))
    torch.save({'state_dict': {}, 'meta': {'preparation': {'crop_size': 64}}}, path)
    with pytest.raises(MESpotError, match=r'final\.pth: does not say which streams it reads'):
        preparation_for(str(path))


@pytest.mark.parametrize(
    ('source', 'message'),
    [
        ('nowhere.py', 'nowhere.py: no such config or checkpoint, nor one of lite'),
        ('nowhere.pth', 'checkpoint not found: nowhere.pth'),
    ],
)
def test_what_is_not_there_is_named(source: str, message: str) -> None:
    with pytest.raises(MESpotError, match=message):
        preparation_for(source)
