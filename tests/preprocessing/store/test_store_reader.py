from __future__ import annotations

import os
import pickle

import cv2
import h5py
import numpy as np
import pytest

from mmaction_mespot.preprocessing.store.store_format import StoreError
from mmaction_mespot.preprocessing.store.store_reader import StreamReader
from mmaction_mespot.preprocessing.store.store_writer import StreamWriter

RNG = np.random.default_rng(0)
N = 150
INDICES = [
    np.arange(20, 90),
    np.arange(3, 140, 5),
    np.array([7, 7, 149, 0, 3, 7]),
    np.array([60]),
    np.array([], int),
]


@pytest.fixture(scope='module')
def flow():
    frames = RNG.normal(0, 0.5, (N, 16, 20, 2)).astype(np.float32)
    return frames, RNG.normal(0, 1, (N, 2)).astype(np.float32)


@pytest.fixture(scope='module')
def flow_file(tmp_path_factory, flow):
    path = tmp_path_factory.mktemp('store') / 's15_0101.h5'
    with StreamWriter(path, 'flow', (16, 20, 2), {'gap': 4, 'method': 'tvl1', 'crop_size': 224}) as writer:
        writer.append(flow[0], head_motion=flow[1])
    return path


@pytest.fixture(scope='module')
def rgb_file(tmp_path_factory):
    path = tmp_path_factory.mktemp('store') / 's15_0101.h5'
    with StreamWriter(path, 'rgb', (32, 32, 3)) as writer:
        for index in range(N):
            frame = np.zeros((32, 32, 3), np.uint8)
            frame[...] = (200, index, 40)
            writer.append(frame)
    return path


def test_header(flow_file):
    reader = StreamReader(flow_file, kind='flow')
    assert (len(reader), reader.shape, reader.kind) == (N, (16, 20, 2), 'flow')
    assert reader.attrs == {'gap': 4, 'method': 'tvl1', 'crop_size': 224}


@pytest.mark.parametrize('indices', INDICES)
def test_flow_at_any_indices(flow_file, flow, indices):
    frames, rest = flow
    reader = StreamReader(flow_file)
    still = reader.read(indices)
    assert still.dtype == np.float32
    assert still.shape == (len(indices), 16, 20, 2)
    assert np.abs(still - frames[indices]).max(initial=0) <= 1 / 64
    without_head = reader.read(indices, remove_head_motion=True)
    np.testing.assert_allclose(without_head, still - rest[indices][:, None, None], atol=1e-6)
    np.testing.assert_array_equal(reader.head_motion(), rest)


@pytest.mark.parametrize('indices', INDICES)
def test_rgb_at_any_indices_keeps_the_order_of_colours(rgb_file, indices):
    frames = StreamReader(rgb_file).read(indices)
    assert frames.dtype == np.uint8
    assert frames.shape == (len(indices), 32, 32, 3)
    expected = np.array([(200, index, 40) for index in indices]).reshape(-1, 1, 1, 3)
    assert np.abs(frames.astype(int) - expected).max(initial=0) <= 2


@pytest.mark.parametrize('indices', INDICES)
def test_half_floats_at_any_indices(tmp_path, indices):
    frames = RNG.normal(0, 0.5, (N, 14, 2)).astype(np.float32)
    rest = RNG.normal(0, 1, (N, 2)).astype(np.float32)
    with StreamWriter(tmp_path / 'v.h5', 'flow_roi', (14, 2)) as writer:
        for frame, motion in zip(frames, rest, strict=True):
            writer.append(frame, head_motion=motion)
    read = StreamReader(tmp_path / 'v.h5').read(indices, remove_head_motion=True)
    assert read.dtype == np.float32
    np.testing.assert_allclose(read, frames[indices] - rest[indices][:, None], atol=2e-3)


def test_shapes_of_faces_are_kept_as_they_are(tmp_path):
    shapes = RNG.uniform(0, 112, (N, 67, 3)).astype(np.float32)
    with StreamWriter(tmp_path / 'v.h5', 'face_shape', (67, 3), {'crop_size': 112}) as writer:
        writer.append(shapes)
    reader = StreamReader(tmp_path / 'v.h5', kind='face_shape')
    np.testing.assert_array_equal(reader.read([7, 3, 3]), shapes[[7, 3, 3]])
    shapes[0, 0, 0] = np.inf
    with (
        pytest.raises(StoreError, match='values must be finite and within 3'),
        StreamWriter(tmp_path / 'w.h5', 'face_shape', (67, 3)) as writer,
    ):
        writer.append(shapes)


def test_pickled_and_forked_readers_open_the_file_anew(flow_file):
    reader = StreamReader(flow_file)
    expected = reader.read([5, 6])
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(reader)).read([5, 6]), expected)
    child = os.fork()
    if child == 0:
        same = bool((reader.read([5, 6]) == expected).all())
        os._exit(0 if same else 1)
    assert os.waitpid(child, 0)[1] == 0
    reader.close()
    np.testing.assert_array_equal(reader.read([5, 6]), expected)


def test_bad_indices_name_the_file(flow_file):
    reader = StreamReader(flow_file)
    with pytest.raises(IndexError, match=r's15_0101\.h5: indices -1\.\.3 are not within the 150 frames'):
        reader.read([3, -1])
    with pytest.raises(IndexError, match=r'3\.\.150 are not within'):
        reader.read([3, 150])
    with pytest.raises(TypeError, match=r's15_0101\.h5: indices are a 1-D array of integers'):
        reader.read([0.5])


def test_bad_files_are_named(tmp_path, flow_file, rgb_file):
    with pytest.raises(FileNotFoundError, match=r'gone\.h5: no such stream file'):
        StreamReader(tmp_path / 'gone.h5')
    with pytest.raises(StoreError, match=r"s15_0101\.h5: expected a stream of kind 'flow', found 'rgb'"):
        StreamReader(rgb_file, kind='flow')
    with pytest.raises(StoreError, match=r"this 'rgb' stream holds no head motion"):
        StreamReader(rgb_file).read([0], remove_head_motion=True)
    content = flow_file.read_bytes()
    (tmp_path / 'cut.h5').write_bytes(content[: len(content) // 2])
    with pytest.raises(StoreError, match=r'cut\.h5: damaged or no HDF5 file'):
        StreamReader(tmp_path / 'cut.h5')
    (tmp_path / 'text.h5').write_text('hello')
    with pytest.raises(StoreError, match=r'text\.h5: damaged or no HDF5 file'):
        StreamReader(tmp_path / 'text.h5')
    with h5py.File(tmp_path / 'other.h5', 'w') as file:
        file['data'] = [1, 2]
    with pytest.raises(StoreError, match=r"other\.h5: expected a 'mmaction_mespot stream' file"):
        StreamReader(tmp_path / 'other.h5')


def test_a_damaged_frame_is_named(tmp_path, rgb_file):
    content = bytearray(rgb_file.read_bytes())
    frame = cv2.imencode('.jpg', np.zeros((8, 8, 3), np.uint8))[1].tobytes()[:2]
    at = content.index(frame)
    content[at : at + 2] = b'xx'
    (tmp_path / 'v.h5').write_bytes(bytes(content))
    with pytest.raises(StoreError, match=r'v\.h5: the file is damaged'):
        StreamReader(tmp_path / 'v.h5').read([0])
