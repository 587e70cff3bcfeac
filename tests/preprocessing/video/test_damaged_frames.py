"""Generated damage to frames: each is named, passed over or refused, and stops no other video."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from mmaction_mespot.preprocessing.preparation_settings import PreparationSettings
from mmaction_mespot.preprocessing.prepare import prepare_dataset
from mmaction_mespot.preprocessing.store.manifest import Manifest
from mmaction_mespot.preprocessing.store.store_reader import StreamReader
from mmaction_mespot.preprocessing.video import FrameError
from mmaction_mespot.preprocessing.video.open import open_annotated, video_fingerprint

FRAMES = 7


def _cut_off(path: Path, rng: random.Random) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: rng.randrange(1, len(whole))])


def _empty(path: Path, _: random.Random) -> None:
    path.write_bytes(b'')


def _zeros(path: Path, _: random.Random) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def _noise(path: Path, rng: random.Random) -> None:
    path.write_bytes(rng.randbytes(rng.randrange(1, 5000)))


def _text(path: Path, rng: random.Random) -> None:
    path.write_text('<html>404 not found</html>\n' * rng.randrange(1, 50))


def _other_size(path: Path, rng: random.Random) -> None:
    height, width = cv2.imread(str(path)).shape[:2]
    cv2.imwrite(str(path), np.full((height + rng.randrange(1, 9), width - rng.randrange(9), 3), 99, np.uint8))


def _missing(path: Path, _: random.Random) -> None:
    path.unlink()


def _folder(path: Path, _: random.Random) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: tuple[Callable[[Path, random.Random], None], ...] = (
    _cut_off,
    _empty,
    _zeros,
    _noise,
    _text,
    _other_size,
    _missing,
    _folder,
)


def _losses(folder: Path, kind: str) -> list[str]:
    video = dict(frame_dir='.', filename_tmpl=f'img_{{:04d}}.{kind}', start_index=1)
    video |= dict(total_frames=FRAMES, fps=30.0)
    try:
        video_fingerprint(video, folder)
    except FrameError as error:
        return [str(error)]
    source = open_annotated(video, folder)
    assert len(list(source)) == FRAMES - len(source.losses)
    return source.losses


@pytest.fixture(scope='module')
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small pictures in three formats."""
    root = tmp_path_factory.mktemp('sound')
    rng = np.random.default_rng(0)
    for kind in ('jpg', 'png', 'bmp'):
        (root / kind).mkdir()
        for i in range(FRAMES):
            image = cv2.GaussianBlur(rng.integers(0, 255, (40, 30, 3), np.uint8), (0, 0), 2)
            cv2.imwrite(str(root / kind / f'img_{i + 1:04d}.{kind}'), image)
    return root


@pytest.mark.parametrize('damage', DAMAGES, ids=lambda damage: damage.__name__[1:])
def test_every_damage_names_its_file(
    damage: Callable[[Path, random.Random], None], sound: Path, tmp_path: Path
) -> None:
    """Fifteen of each of the eight kinds, in random frames."""
    for seed in range(15):
        rng = random.Random(seed)
        kind = ('jpg', 'png', 'bmp')[seed % 3]
        folder = shutil.copytree(sound / kind, tmp_path / str(seed))
        assert _losses(folder, kind) == []
        path = folder / f'img_{rng.randrange(FRAMES) + 1:04d}.{kind}'
        damage(path, rng)
        (found,) = _losses(folder, kind)
        assert str(path) in found, f'seed {seed}: {found}'


def test_the_other_videos_go_on(portrait: np.ndarray, tmp_path: Path) -> None:
    """A video with each kind of damage, and two sound ones."""
    root, videos = tmp_path / 'frames', []
    jpeg = cv2.imencode('.jpg', cv2.resize(portrait, (128, 150))[:, :, ::-1])[1].tobytes()
    names = ['first', *(damage.__name__[1:] for damage in DAMAGES), 'last']
    for name in names:
        (root / name).mkdir(parents=True)
        for i in range(FRAMES):
            (root / name / f'{i}.jpg').write_bytes(jpeg)
        videos.append(
            dict(
                video_id=name,
                frame_dir=name,
                filename_tmpl='{}.jpg',
                start_index=0,
                total_frames=FRAMES,
                fps=30.0,
                instances=[],
            )
        )
    damaged = {}
    for seed, damage in enumerate(DAMAGES):
        name = damage.__name__[1:]
        damaged[name] = root / name / f'{1 + seed % (FRAMES - 1)}.jpg'
        damage(damaged[name], random.Random(seed))
    annotations: dict[str, Any] = dict(metainfo=dict(source_root=str(root)), data_list=videos)
    settings = PreparationSettings(('rgb',), crop_size=32)
    lenient = prepare_dataset(annotations, tmp_path / 'out', settings)
    assert list(lenient.failed) == ['missing']
    manifest = Manifest(tmp_path / 'out')
    for name in lenient.prepared:
        notes = [str(damaged[name])] if name in damaged else []
        assert [path for path in notes if path in str(manifest.videos[name]['notes'])] == notes
        assert bool(manifest.videos[name]['losses']) == (name in damaged)
    # Each has one entry per frame, where the one before is held; at the end there is nothing to hold for.
    for name in lenient.prepared:
        ends = damaged.get(name) == root / name / f'{FRAMES - 1}.jpg'
        assert len(StreamReader(tmp_path / 'out' / 'rgb' / f'{name}.h5')) == FRAMES - ends
    result = prepare_dataset(annotations, tmp_path / 'out', replace(settings, strict=True))
    assert result.skipped == ['first', 'last']
    assert {name: str(damaged[name]) in reason for name, reason in result.failed.items()} == {
        name: True for name in damaged
    }
    assert sorted(path.name for path in (tmp_path / 'out' / 'rgb').iterdir()) == ['first.h5', 'last.h5']
