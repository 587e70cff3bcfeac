from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.faces.models import FOLDER, SHA256, find_face_models


def test_the_package_holds_both_and_their_licence() -> None:
    found = find_face_models()
    assert {found.detector.name, found.mesh.name} == set(SHA256)
    assert found.mesh.parent == FOLDER
    assert 'Apache License' in (FOLDER / 'LICENSE').read_text(encoding='utf-8')


def test_missing_and_damaged_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(MESpotError, match=r'face_detection_short_range\.tflite: no such face network'):
        find_face_models(tmp_path)
    for name in SHA256:
        shutil.copy(FOLDER / name, tmp_path)
    assert find_face_models(tmp_path).mesh == tmp_path / 'face_landmark.tflite'
    (tmp_path / 'face_landmark.tflite').write_bytes(b'other')
    with pytest.raises(MESpotError, match=r'face_landmark\.tflite: has SHA-256 .*, expected 1055cb'):
        find_face_models(tmp_path)
