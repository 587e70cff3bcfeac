from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch

from mmaction_mespot.apis.publish import publish_model
from mmaction_mespot.errors import MESpotError


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
