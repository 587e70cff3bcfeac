"""Shipped and published weights are those that their hash says."""

import hashlib
import random
import shutil
import sys

import pytest
import torch
from mmengine.runner.checkpoint import CheckpointLoader

from mmaction_mespot.checkpoints.shipped_model import shipped_model
from mmaction_mespot.errors import MESpotError


def damage(content, draw):
    """Zero a stretch that held something else."""
    while True:
        start = draw.randrange(len(content) - 2000)
        if any(content[start : start + 2000]):
            return content[:start] + bytes(2000) + content[start + 2000 :]


def load(path):
    return CheckpointLoader.load_checkpoint(str(path), map_location='cpu', logger='silent')


def test_damaged_published_weights_are_refused(tmp_path):
    torch.manual_seed(13)
    torch.save({'state_dict': {'a': torch.rand(5000)}}, tmp_path / 'a.pth')
    content = (tmp_path / 'a.pth').read_bytes()
    path = tmp_path / f'a-{hashlib.sha256(content).hexdigest()[:8]}.pth'
    path.write_bytes(content)
    assert len(load(path)['state_dict']['a']) == 5000
    draw = random.Random(13)
    for _ in range(60):
        path.write_bytes(damage(content, draw))
        with pytest.raises(MESpotError, match='SHA-256 begins with'):
            load(path)


@pytest.mark.parametrize('name', ['a.pth', 'a-20240131.pth', 'a-best.pth', 'final.pth'])
def test_name_without_a_hash_passes(tmp_path, name):
    torch.save({'state_dict': {}}, tmp_path / name)
    assert load(tmp_path / name) == {'state_dict': {}}


def test_damaged_shipped_weights_are_refused(tmp_path, monkeypatch):
    shipped = shipped_model('lite')
    for path in (shipped.config_path, shipped.checkpoint_path):
        shutil.copy(path, tmp_path)
    monkeypatch.setattr(sys.modules[shipped_model.__module__], '__file__', str(tmp_path / 'shipped_model.py'))
    copied = shipped_model('lite').checkpoint_path
    assert copied.parent == tmp_path
    copied.write_bytes(damage(copied.read_bytes(), random.Random(13)))
    with pytest.raises(MESpotError, match='damaged'):
        shipped_model('lite')
