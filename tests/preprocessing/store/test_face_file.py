from __future__ import annotations

from pathlib import Path

import cv2
import h5py
import numpy as np
import pytest

from mmaction_mespot.preprocessing.faces import map_points
from mmaction_mespot.preprocessing.store.face_file import FaceFile
from mmaction_mespot.preprocessing.store.store_format import StoreError


def _face() -> FaceFile:
    rng = np.random.default_rng(0)
    return FaceFile(
        64,
        np.array([0, 2, 2, 4, 6]),
        np.array([0, 0.1, 0.1, 0.2, 0.3]),
        np.array([1, 1, 0, 1, 1], np.uint8),
        rng.normal(size=(5, 2, 3)),
        np.array([0, 3]),
        rng.normal(size=(2, 468, 3)).astype(np.float32),
        ('one', 'two'),
    )


def test_round_trip(tmp_path: Path) -> None:
    face = _face()
    face.write(tmp_path / 'faces' / 'v.h5')
    found = FaceFile.read(tmp_path / 'faces' / 'v.h5')
    assert (found.crop_size, found.notes) == (64, ('one', 'two'))
    for name in ('source_index', 'time_s', 'face', 'matrices', 'positions', 'points'):
        np.testing.assert_array_equal(getattr(found, name), getattr(face, name))
    with pytest.raises(FileNotFoundError, match=r'w\.h5: no such face file'):
        FaceFile.read(tmp_path / 'w.h5')
    with h5py.File(tmp_path / 'faces' / 'v.h5', 'a') as file:
        del file['time_s']
        file.create_dataset('time_s', data=np.zeros(4), chunks=(4,), fletcher32=True)
    with pytest.raises(StoreError, match=r"'time_s': \(4,\).*expected .*'time_s': \(5,\)"):
        FaceFile.read(tmp_path / 'faces' / 'v.h5')


def test_crops_of_another_size() -> None:
    """The middle of the first pixel of a crop lies at 0: corners go to corners."""
    face = _face()
    for frame, position in ((0, 0), (1, 0), (2, 2), (3, 2), (9, 4)):
        corners = np.array([[-0.5, -0.5], [63.5, 63.5]])
        back = cv2.invertAffineTransform(face.matrices[position])
        found = map_points(map_points(corners, back), face.matrix(frame, 128))
        np.testing.assert_allclose(found, [[-0.5, -0.5], [127.5, 127.5]])
