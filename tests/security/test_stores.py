"""Damaged and hostile stores are refused; what is read is what was written."""

import errno
import os
import random
import subprocess
import sys

import h5py
import numpy as np
import pytest

from mmaction_mespot.datasets.feature_store import FeatureReader, FeatureWriter
from mmaction_mespot.preprocessing.store.face_file import FaceFile
from mmaction_mespot.preprocessing.store.hdf5_file import HDF5Output, open_hdf5
from mmaction_mespot.preprocessing.store.store_format import StoreError
from mmaction_mespot.preprocessing.store.store_reader import StreamReader
from mmaction_mespot.preprocessing.store.store_writer import StreamWriter

FLIPS = 60


def write_stream(path, kind):
    """Ten frames of noise; gives what a reader gives back."""
    draw = np.random.default_rng(13)
    shape = {'rgb': (32, 32, 3), 'flow': (8, 8, 2)}.get(kind, (4, 4, 2))
    frames = draw.uniform(-3, 3, (10, *shape)).astype(np.float32)
    if kind == 'rgb':
        frames = draw.integers(0, 255, (10, *shape)).astype(np.uint8)
    rest = None if kind == 'rgb' else draw.uniform(-1, 1, (10, 2)).astype(np.float32)
    with StreamWriter(path, kind, shape, {'gap': 4}) as writer:
        writer.append(frames, rest)
    return read_stream(path)


def read_stream(path):
    """All that a store says."""
    reader = StreamReader(path)
    try:
        everything = [reader.read(np.arange(len(reader))), np.array([float(reader.attrs['gap'])])]
        return everything + ([] if reader.kind == 'rgb' else [reader.head_motion()])
    finally:
        reader.close()


@pytest.mark.parametrize('kind', ['rgb', 'flow', 'flow_grid'])
def test_flipped_bit_is_noticed_or_harmless(tmp_path, kind):
    path = tmp_path / 'v.h5'
    truth = write_stream(path, kind)
    content = path.read_bytes()
    draw = random.Random(13)
    refused = 0
    for _ in range(FLIPS):
        damaged = bytearray(content)
        damaged[draw.randrange(len(damaged))] ^= 1 << draw.randrange(8)
        path.write_bytes(bytes(damaged))
        try:
            found = read_stream(path)
        except StoreError as error:
            assert 'v.h5' in str(error)
            refused += 1
        else:
            assert all(np.array_equal(a, b) for a, b in zip(found, truth, strict=True))
    assert refused > 0


@pytest.mark.parametrize('kind', ['rgb', 'flow', 'flow_grid'])
def test_cut_off_store_is_refused(tmp_path, kind):
    path = tmp_path / 'v.h5'
    write_stream(path, kind)
    content = path.read_bytes()
    draw = random.Random(13)
    for _ in range(FLIPS):
        path.write_bytes(content[: draw.randrange(len(content))])
        with pytest.raises(StoreError, match=r'v\.h5'):
            read_stream(path)


def test_zeroed_stretch_is_refused(tmp_path):
    path = tmp_path / 'v.h5'
    truth = write_stream(path, 'flow')
    content = path.read_bytes()
    draw = random.Random(13)
    for _ in range(FLIPS):
        start = draw.randrange(len(content) - 400)
        path.write_bytes(content[:start] + bytes(400) + content[start + 400 :])
        try:
            found = read_stream(path)
        except StoreError:
            continue
        assert all(np.array_equal(a, b) for a, b in zip(found, truth, strict=True))


def soft_link(file):
    file['data'] = h5py.SoftLink('/other')


def external_link(file):
    file['data'] = h5py.ExternalLink('/etc/passwd', '/data')


def external_storage(file):
    file.create_dataset('data', (10, 4), 'f2', external=[('/etc/passwd', 0, 80)])


def virtual(file):
    layout = h5py.VirtualLayout((10, 4), 'f2')
    layout[:] = h5py.VirtualSource('/etc/passwd', 'data', (10, 4))
    file.create_virtual_dataset('data', layout)


def never_written(file):
    file.create_dataset('data', (10**9, 4), 'f2', chunks=(64, 4))


def huge_chunk(file):
    file.create_dataset('data', (1 << 29,), 'f2', chunks=(1 << 29,))


def text(file):
    file['data'] = 'text'


def nested_link(file):
    file.create_group('group')['data'] = h5py.SoftLink('/other')


@pytest.mark.parametrize(
    'make',
    [
        soft_link,
        external_link,
        external_storage,
        virtual,
        never_written,
        huge_chunk,
        text,
        nested_link,
    ],
)
def test_data_that_are_not_in_the_file_are_refused(tmp_path, make):
    path = tmp_path / 'v.h5'
    with h5py.File(path, 'w') as file:
        make(file)
    for read in (open_hdf5, StreamReader, FeatureReader, FaceFile.read):
        with pytest.raises(StoreError, match=r'v\.h5'):
            read(path)


@pytest.mark.parametrize(
    ('attribute', 'value'),
    [
        ('length', 10**15),
        ('length', 9),
        ('length', -1),
        ('length', np.nan),
        ('frame_shape', [4000, 4000, 2]),
        ('frame_shape', [4, 4, 3]),
        ('frame_shape', [-4, -4, 2]),
        ('frame_shape', 'x'),
        ('kind', 'flow'),
        ('kind', 'rgb'),
    ],
)
def test_header_that_does_not_fit_is_refused(tmp_path, attribute, value):
    path = tmp_path / 'v.h5'
    write_stream(path, 'flow_grid')
    with h5py.File(path, 'r+') as file:
        file.attrs[attribute] = value
    with pytest.raises(StoreError, match=r'v\.h5'):
        StreamReader(path)


@pytest.mark.parametrize('value', [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize('name', ['data', 'rest_motion'])
def test_values_that_are_not_finite_are_refused(tmp_path, name, value):
    path = tmp_path / 'v.h5'
    write_stream(path, 'flow_grid')
    with h5py.File(path, 'r+') as file:
        file[name][3] = value
    with pytest.raises(StoreError, match='finite'):
        read_stream(path)


def test_features_that_are_not_finite_are_refused(tmp_path):
    path = tmp_path / 'v.h5'
    with FeatureWriter(path, (1, 2), 30.0, 1.0) as writer:
        writer.append({'rgb': [np.ones((4, 2, 1, 1), np.float32), np.ones((2, 2, 1, 1), np.float32)]})
        writer.finish(4, 4)
    assert FeatureReader(path).read('rgb')[1].shape == (2, 2, 1, 1)
    with h5py.File(path, 'r+') as file:
        file['rgb/level_0'][2] = np.nan
    with pytest.raises(StoreError, match='not finite'):
        FeatureReader(path).read('rgb')


FULL = """
import resource, signal, sys
import numpy as np
from pathlib import Path
from mmaction_mespot.preprocessing.store.store_writer import StreamWriter
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
draw = np.random.default_rng(13)
try:
    with StreamWriter(Path(sys.argv[1]), 'rgb', (64, 64, 3)) as writer:
        for _ in range(100):
            writer.append(draw.integers(0, 255, (64, 64, 3)).astype(np.uint8))
except OSError as error:
    print(error)
    sys.exit(2)
"""


@pytest.mark.parametrize('limit', [0, 100, 5_000, 200_000])
def test_disk_that_is_full_is_one_error_and_leaves_nothing(tmp_path, limit):
    path = tmp_path / 'v.h5'
    words = [sys.executable, '-c', FULL, str(path), str(limit)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, '')
    assert done.stdout == f"[Errno {errno.EFBIG}] {os.strerror(errno.EFBIG)}: '{path}'\n"
    assert list(tmp_path.iterdir()) == []


def test_error_of_the_disk_is_raised_once(tmp_path):
    output = HDF5Output(tmp_path / 'v.tmp', tmp_path / 'v.h5')
    output._sink.error = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    output.file['data'] = np.ones(9)
    with pytest.raises(OSError, match=r'No space left on device: .*v\.h5'):
        output.__exit__(None, None, None)


def test_store_without_checksums_is_refused(tmp_path):
    path = tmp_path / 'old.h5'
    with h5py.File(path, 'w') as file:
        file.attrs['format'] = 'mmaction_mespot stream'
        file.create_dataset('data', data=np.zeros((4, 3), 'f2'), chunks=(1, 3))
    with pytest.raises(StoreError, match=r'no checksum; an earlier version wrote it.*write it anew'):
        open_hdf5(path)


def test_text_of_a_store_is_under_the_checksum_too(tmp_path):
    path = tmp_path / 'a.h5'
    with StreamWriter(path, 'flow_grid', (2, 2, 2), {'method': 'tvl1-fäst'}) as writer:
        writer.append(np.zeros((2, 2, 2), np.float32))
    assert StreamReader(path).attrs == {'method': 'tvl1-fäst'}
    data = path.read_bytes()
    place = data.index(b'tvl1-f')
    for bit in range(48):
        changed = bytearray(data)
        changed[place + bit // 8] ^= 1 << bit % 8
        path.write_bytes(changed)
        with pytest.raises(StoreError):
            StreamReader(path)


def test_text_without_a_checksum_is_refused(tmp_path):
    path = tmp_path / 'a.h5'
    with StreamWriter(path, 'flow_grid', (2, 2, 2), {}) as writer:
        writer.append(np.zeros((2, 2, 2), np.float32))
    with h5py.File(path, 'r+') as file:
        file.attrs['method'] = 'tvl1'
    with pytest.raises(StoreError, match="the text 'method' has no checksum"):
        StreamReader(path)
