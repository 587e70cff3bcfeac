from pathlib import Path
from typing import Any

import cv2
import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.faces.network import read_network


@pytest.mark.parametrize(('engines', 'asked_for'), [({'ENGINE_CLASSIC': 1}, {'engine': 1}), ({}, {})])
def test_the_classic_engine_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, engines: dict[str, int], asked_for: dict[str, int]
) -> None:
    calls: list[tuple[bytes, dict[str, Any]]] = []
    monkeypatch.delattr(cv2.dnn, 'ENGINE_CLASSIC', raising=False)
    for name, value in engines.items():
        monkeypatch.setattr(cv2.dnn, name, value, raising=False)
    monkeypatch.setattr(
        cv2.dnn, 'readNetFromTFLite', lambda path, **options: calls.append((Path(path).read_bytes(), options))
    )
    (tmp_path / 'face.tflite').write_bytes(b'network')
    read_network(tmp_path / 'face.tflite')
    assert calls == [(b'network', asked_for)]


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / 'face.tflite'
    path.write_bytes(b'no network')
    with pytest.raises(MESpotError, match=r'face\.tflite: OpenCV .* cannot read this network'):
        read_network(path)
