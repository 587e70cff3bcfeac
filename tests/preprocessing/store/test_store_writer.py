from __future__ import annotations

import time

import numpy as np
import pytest

from mmaction_mespot.preprocessing.store.store_format import (
    StoreError,
    dequantise_flow,
    quantise_flow,
)
from mmaction_mespot.preprocessing.store.store_reader import StreamReader
from mmaction_mespot.preprocessing.store.store_writer import StreamWriter

RNG = np.random.default_rng(0)


def write_flow(path, frames, with_rest=True):
    with StreamWriter(path, 'flow', frames.shape[1:]) as writer:
        for frame in frames:
            writer.append(frame, head_motion=frame.mean((0, 1)) if with_rest else None)


def small_flow(n=5, size=24):
    return RNG.normal(0, 0.5, (n, size, size, 2)).astype(np.float32)


def test_stored_flow_is_ten_times_better_than_eight_bits():
    # A micro-expression: up to 0.6 px in a spot, over the noise of a still face.
    y, x = np.mgrid[:112, :112]
    spot = 0.6 * np.exp(-((x - 60) ** 2 + (y - 40) ** 2) / 300)[..., None] * (0.6, -0.8)
    flow = (spot + RNG.normal(0, 0.03, spot.shape)).astype(np.float32)
    error = np.sqrt(np.mean((dequantise_flow(quantise_flow(flow)) - flow) ** 2))
    eight_bits = np.rint((flow + 20) * 255 / 40) * 40 / 255 - 20
    error_eight = np.sqrt(np.mean((eight_bits - flow) ** 2))
    assert error < 0.0095
    assert error_eight > 3 * error


def test_large_motion_is_kept_and_the_impossible_refused(tmp_path):
    flow = np.full((16, 16, 2), -900.0, np.float32)
    assert (dequantise_flow(quantise_flow(flow)) == flow).all()
    message = r'v\.h5: near frame 0: flow must be finite and within 1023 px'
    for bad in (np.nan, 1e4, -np.inf):
        with pytest.raises(StoreError, match=message):
            write_flow(tmp_path / 'v.h5', np.full((1, 8, 8, 2), bad, np.float32), with_rest=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize('kind', ['rgb', 'flow', 'flow_grid'])
def test_same_frames_give_the_same_bytes(tmp_path, kind):
    shape = {'rgb': (20, 20, 3), 'flow': (20, 20, 2), 'flow_grid': (12, 12, 2)}[kind]
    frames = RNG.random((70, *shape)) * 3
    frames = frames.astype(np.uint8 if kind == 'rgb' else np.float32)
    for name in ('a', 'b'):
        with StreamWriter(
            tmp_path / name / f'{name}.h5', kind, shape, {'gap': 4, 'method': 'tvl1'}
        ) as writer:
            writer.append(frames[:3])
            writer.append(frames[3:])
        time.sleep(1.1 if (name, kind) == ('a', 'flow') else 0)  # HDF5's clock ticks in seconds
    assert (tmp_path / 'a/a.h5').read_bytes() == (tmp_path / 'b/b.h5').read_bytes()


def test_an_error_leaves_the_old_file_and_no_temporary(tmp_path):
    path = tmp_path / 'v.h5'
    write_flow(path, small_flow(3))
    with pytest.raises(RuntimeError, match='stop'), StreamWriter(path, 'flow', (8, 8, 2)) as writer:
        writer.append(np.zeros((8, 8, 2), np.float32))
        raise RuntimeError('stop')
    assert [entry.name for entry in tmp_path.iterdir()] == ['v.h5']
    assert len(StreamReader(path)) == 3


def test_no_frame_at_all_is_an_error(tmp_path):
    with (
        pytest.raises(StoreError, match=r'v\.h5: no frame was appended'),
        StreamWriter(tmp_path / 'v.h5', 'rgb', (8, 8, 3)),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_bad_frames_name_the_file(tmp_path):
    path = tmp_path / 'v.h5'
    with pytest.raises(StoreError, match=r'v\.h5: a flow frame has the shape \(H, W, 2\)'):
        StreamWriter(path, 'flow', (8, 8, 3))
    with pytest.raises(StoreError, match=r"attributes \['kind'\] are the store's own"):
        StreamWriter(path, 'flow', (8, 8, 2), {'kind': 'x'})
    with pytest.raises(StoreError, match='inside the `with` block'):
        StreamWriter(path, 'flow', (8, 8, 2)).append(np.zeros((8, 8, 2), np.float32))
    with StreamWriter(path, 'flow', (8, 8, 2)) as writer:
        with pytest.raises(StoreError, match=r'expected frames of shape \(8, 8, 2\), found \(8, 9, 2\)'):
            writer.append(np.zeros((8, 9, 2), np.float32))
        with pytest.raises(StoreError, match='flow is in floats'):
            writer.append(np.zeros((8, 8, 2), np.int16))
        writer.append(np.zeros((8, 8, 2), np.float32), head_motion=np.zeros(2))
        with pytest.raises(StoreError, match='for every frame or for none'):
            writer.append(np.zeros((8, 8, 2), np.float32))
        with pytest.raises(StoreError, match=r'expected finite head_motion of shape \(1, 2\)'):
            writer.append(np.zeros((8, 8, 2), np.float32), head_motion=np.zeros((3, 2)))
    assert len(StreamReader(path)) == 1
