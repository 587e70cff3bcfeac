from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch

from mmaction_mespot.checkpoints.strip import publish_model, strip_checkpoint
from mmaction_mespot.errors import MESpotError


def test_only_weights_stay_and_the_bytes_depend_on_them_alone(tmp_path: Path) -> None:
    weights = {'a.weight': torch.arange(6.0), 'score_thresholds': torch.tensor([0.5, 0.25])}
    hashes = []
    for name, place in (('one', '/home/someone'), ('two', '/elsewhere')):
        torch.save({'state_dict': weights, 'meta': {'cfg': place}}, tmp_path / f'{name}.pth')
        target = tmp_path / f'{name}_small.pth'
        hashes.append(strip_checkpoint(tmp_path / f'{name}.pth', target))
        assert hashes[-1] == hashlib.sha256(target.read_bytes()).hexdigest()
        stored = torch.load(target, weights_only=True)
        assert list(stored) == ['state_dict']
        assert all(torch.equal(stored['state_dict'][key], value) for key, value in weights.items())
    assert hashes[0] == hashes[1]


def test_training_without_thresholds_is_refused(tmp_path: Path) -> None:
    torch.save({'state_dict': {'score_thresholds': torch.full((2,), torch.nan)}}, tmp_path / 'early.pth')
    with pytest.raises(MESpotError, match=r'early\.pth: holds no score thresholds'):
        strip_checkpoint(tmp_path / 'early.pth', tmp_path / 'out.pth')


@pytest.fixture
def final(tmp_path: Path) -> Path:
    path = tmp_path / 'mespot_x' / 'final.pth'
    path.parent.mkdir()
    weights = {'w': torch.ones(2), 'score_thresholds': torch.tensor([0.5, 0.25])}
    torch.save({'state_dict': weights, 'meta': {'cfg': '/home/someone'}}, path)
    return path


def test_the_name_carries_the_hash(final: Path, tmp_path: Path) -> None:
    out = tmp_path / 'zoo'
    path = publish_model(final, out)
    assert path.name == f'mespot_x-{hashlib.sha256(path.read_bytes()).hexdigest()[:8]}.pth'
    assert list(torch.load(path, weights_only=True)) == ['state_dict']
    assert list(out.iterdir()) == [path]
    assert publish_model(final, out, 'other').name == path.name.replace('mespot_x', 'other')


def test_bad_input(final: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match='no such checkpoint'):
        publish_model(tmp_path / 'nothing.pth', tmp_path)
    with pytest.raises(MESpotError, match="without a folder for the model, found 'a/b'"):
        publish_model(final, tmp_path, 'a/b')
