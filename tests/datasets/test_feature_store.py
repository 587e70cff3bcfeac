from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from mmaction_mespot.datasets.feature_store import FeatureReader, FeatureWriter
from mmaction_mespot.preprocessing.store.store_format import StoreError


def write(path: Path, half: bool = False) -> Path:
    rng = np.random.default_rng(0)
    with FeatureWriter(path, (2, 4), fps=60.0, frame_interval=2.0, half=half) as writer:
        for length in (8, 4):
            writer.append(
                dict(flow=[rng.normal(size=(length // s, 3, 2, 2)).astype(np.float32) for s in (2, 4)])
            )
        writer.finish(total_frames=23, positions=12, context=8)
    return path


def test_windows_and_times(tmp_path: Path) -> None:
    reader = FeatureReader(write(tmp_path / 'sub' / 'v.h5'))
    assert reader.streams == ['flow'] and reader.strides == (2, 4)
    assert reader.attrs['context'] == 8 and reader.attrs['total_frames'] == 23
    whole = reader.read('flow')
    assert [level.shape for level in whole] == [(6, 3, 2, 2), (3, 3, 2, 2)]
    window = reader.read('flow', 4, 8)
    np.testing.assert_array_equal(window[0], whole[0][2:])
    np.testing.assert_array_equal(window[1], whole[1][1:])
    # position 1 of the second level stands for instants 4 to 8 at 30 per second: its centre is 0.2 s
    np.testing.assert_allclose(reader.times('flow', 1), [2 / 30, 6 / 30, 10 / 30])
    rng = np.random.default_rng(0)
    np.testing.assert_array_equal(whole[0][:4], rng.normal(size=(4, 3, 2, 2)).astype(np.float32))


def test_half_takes_half(tmp_path: Path) -> None:
    full, half = (FeatureReader(write(tmp_path / f'{h}.h5', h)).read('flow')[0] for h in (False, True))
    assert half.dtype == np.float32
    np.testing.assert_allclose(half, full, rtol=1e-3, atol=1e-3)
    assert np.abs(half - full).max() > 0


def test_an_error_leaves_no_file(tmp_path: Path) -> None:
    level = np.full((1, 1, 1, 1), 1e6, np.float32)
    with (
        pytest.raises(StoreError, match='flow, level 0 are not finite as float16'),
        FeatureWriter(tmp_path / 'v.h5', (2,), 30.0, 1.0, half=True) as writer,
    ):
        writer.append(dict(flow=[level]))
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match='extract_features'):
        FeatureReader(tmp_path / 'none.h5')
    (tmp_path / 'text.h5').write_text('no features')
    with pytest.raises(StoreError, match=r'text\.h5: damaged or no HDF5 file'):
        FeatureReader(tmp_path / 'text.h5')
    with h5py.File(tmp_path / 'other.h5', 'w'):
        pass
    with pytest.raises(StoreError, match=r'of version 1, found \(None, None\)'):
        FeatureReader(tmp_path / 'other.h5')
    reader = FeatureReader(write(tmp_path / 'v.h5'))
    with pytest.raises(StoreError, match=r"no stream 'rgb', found \['flow'\]"):
        reader.read('rgb')
    for position, length in ((2, 4), (8, 8), (0, 0)):
        with pytest.raises(StoreError, match=f'positions {position} to {position + length} wanted'):
            reader.read('flow', position, length)
