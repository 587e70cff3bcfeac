from __future__ import annotations

import shutil
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.faces import models
from mmaction_mespot.preprocessing.faces.models import fetch_face_models


@pytest.fixture(scope='module')
def real() -> models.FaceModelPaths:
    return fetch_face_models()


@pytest.fixture
def wheel(real: models.FaceModelPaths, tmp_path: Path) -> Path:
    path = tmp_path / 'mediapipe.whl'
    with zipfile.ZipFile(path, 'w') as archive:
        for file in (real.detector, real.mesh):
            archive.write(file, models._MEMBERS[file.name])
    return path


def test_many_at_once_unpack_the_wheel_safely(wheel: Path, tmp_path: Path) -> None:
    cache = tmp_path / 'cache'
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: fetch_face_models(cache, wheel), range(16)))
    assert {path.detector.parent for path in found} == {cache}
    assert sorted(path.name for path in cache.iterdir()) == sorted(models.SHA256)


def test_nothing_is_fetched_twice_and_a_damaged_file_is_mended(
    wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def download(_folder: Path) -> Path:
        calls.append(1)
        return wheel

    monkeypatch.setattr(models, '_download', download)
    monkeypatch.setenv('MESPOT_CACHE', str(tmp_path / 'cache'))
    first = fetch_face_models()
    fetch_face_models()
    assert len(calls) == 1
    first.mesh.write_bytes(b'cut off')
    fetch_face_models()
    assert len(calls) == 2


def test_given_files_are_checked(
    real: models.FaceModelPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(FileNotFoundError, match=r'face_detection_short_range\.tflite'):
        fetch_face_models(source=tmp_path)
    with pytest.raises(FileNotFoundError, match=r'nowhere\.whl'):
        fetch_face_models(tmp_path, tmp_path / 'nowhere.whl')
    with pytest.raises(FileNotFoundError, match='nowhere'):  # also where the cache holds them
        fetch_face_models(real.mesh.parent, tmp_path / 'nowhere')
    for file in (real.detector, real.mesh):
        shutil.copy(file, tmp_path)
    monkeypatch.setenv('MESPOT_FACE_MODELS', str(tmp_path))
    assert fetch_face_models().mesh == tmp_path / real.mesh.name
    (tmp_path / real.mesh.name).write_bytes(b'other')
    with pytest.raises(MESpotError, match=r'face_landmark\.tflite has SHA-256 .*, expected 1055cb'):
        fetch_face_models()


def test_a_missing_network_is_said_clearly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('PIP_INDEX_URL', 'http://127.0.0.1:9/simple')
    monkeypatch.setenv('PIP_RETRIES', '0')
    with pytest.raises(MESpotError, match=r'could not be fetched.*MESPOT_FACE_MODELS'):
        fetch_face_models(tmp_path)
