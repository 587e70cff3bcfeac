from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmaction_mespot.preprocessing.faces import FaceTrack
from mmaction_mespot.preprocessing.store.face_file import read_face_file, write_face_file


def test_round_trip(tmp_path: Path) -> None:
    points = np.random.default_rng(0).normal(size=(3, 468, 3)).astype(np.float32)
    track = FaceTrack(7, np.array([0, 3, 6]), points, ('one', 'two'))
    matrices = np.random.default_rng(1).normal(size=(7, 2, 3))
    write_face_file(tmp_path / 'faces' / 'v.h5', track, matrices)
    found, found_matrices = read_face_file(tmp_path / 'faces' / 'v.h5')
    np.testing.assert_array_equal(found.landmarks, track.landmarks)
    np.testing.assert_array_equal(found_matrices, matrices)
    assert found.notes == ('one', 'two')
    with pytest.raises(FileNotFoundError, match=r'w\.h5: no such face file'):
        read_face_file(tmp_path / 'w.h5')
