from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import mmaction_mespot.datasets.transforms.load_video_histograms as module
from mmaction_mespot.datasets.transforms import LoadVideoHistograms
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.store.store_writer import StreamWriter

FRAMES = 12


@pytest.fixture(scope='module')
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp('faces')
    picture = np.random.default_rng(0).integers(0, 256, (40, 40)).astype(np.uint8)
    with StreamWriter(root / 'rgb' / 'v.h5', 'rgb', (40, 40, 3)) as writer:
        for frame in range(FRAMES):
            writer.append(np.repeat(np.roll(picture, frame, axis=1)[..., None], 3, axis=2))
    return root


def results(root: Path, first: int, last: int) -> dict:
    return dict(store_root=root, video_id='v', total_frames=FRAMES, frame_inds=np.arange(first, last))


@pytest.mark.parametrize(('descriptor', 'shape'), [('lbp', (36, 59)), ('hog', (12, 24))])
def test_pieces_give_what_the_whole_gives(
    root: Path, descriptor: str, shape: tuple, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = LoadVideoHistograms(descriptor)
    whole = load(results(root, 0, FRAMES))['histograms']
    assert whole.shape == (FRAMES, *shape) and whole.dtype == np.float32
    monkeypatch.setattr(module, '_CHUNK', 5)
    np.testing.assert_allclose(load(results(root, 0, FRAMES))['histograms'], whole, atol=1e-6)
    np.testing.assert_allclose(load(results(root, 3, 9))['histograms'], whole[3:9], atol=1e-6)


def test_unknown_descriptor_is_named() -> None:
    with pytest.raises(MESpotError, match="found 'sift'"):
        LoadVideoHistograms('sift')
