from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from mmaction_mespot.preprocessing.store.rawframes_writer import (
    RawframesWriter,
    flow_to_picture,
    picture_to_flow,
)
from mmaction_mespot.preprocessing.store.store_reader import StreamReader
from mmaction_mespot.preprocessing.store.store_writer import StreamWriter


def test_denseflows_formula() -> None:
    # 255 (v + 20) / 40: -20 -> 0, 0 -> 127.5, to even 128, 1 -> 133.9, 20 -> 255
    flow = np.array([-30, -20, 0, 1, 20, 30], np.float32)
    assert flow_to_picture(flow, 20.0).tolist() == [0, 0, 128, 134, 255, 255]
    np.testing.assert_allclose(
        picture_to_flow(np.array([0, 128, 255], np.uint8), 20.0), [-20, 4 / 51, 20], atol=1e-5
    )


def test_names_count_from_one(tmp_path: Path) -> None:
    folder = tmp_path / 'rawframes' / 's01'
    folder.mkdir(parents=True)
    (folder / 'old.jpg').touch()
    with RawframesWriter(folder, 8.0, {'gap': 4}) as writer:
        for value in (1.0, 2.0):
            writer.append_rgb(np.full((32, 32, 3), (200, 0, 0), np.uint8))
            writer.append_flow(np.full((32, 32, 2), (value, -value), np.float32), np.array([0.5, value]))
    names = ['flow.json', *(f'flow_{axis}_0000{n}.jpg' for axis in 'xy' for n in (1, 2))]
    assert sorted(path.name for path in folder.iterdir()) == [*names, 'img_00001.jpg', 'img_00002.jpg']
    assert cv2.imread(str(folder / 'img_00001.jpg'))[5, 5, 2] > 190  # red, in OpenCV's order
    for name, expected in (('x_00001', 1), ('y_00001', -1), ('x_00002', 2), ('y_00002', -2)):
        picture = cv2.imread(str(folder / f'flow_{name}.jpg'), cv2.IMREAD_GRAYSCALE)
        np.testing.assert_allclose(picture_to_flow(picture, 8.0), expected, atol=8 / 255 + 1e-3)
    info = json.loads((folder / 'flow.json').read_text())
    assert info == {'bound': 8.0, 'gap': 4, 'head_motion': [[0.5, 1.0], [0.5, 2.0]]}


def test_after_an_error_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match='broken'), RawframesWriter(tmp_path / 's01', 20.0, {}) as writer:
        writer.append_rgb(np.zeros((32, 32, 3), np.uint8))
        raise ValueError('broken')
    assert list(tmp_path.iterdir()) == []


def test_error_of_storage(tmp_path: Path) -> None:
    """A micro-expression moves by a few tenths of a px: the HDF5 store keeps it, eight bits blur it."""
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 1, (8, 64, 64, 2)).astype(np.float32)
    flows = np.stack([cv2.GaussianBlur(field, (0, 0), 3) for field in noise])
    flows *= 0.4 / np.sqrt((flows**2).mean())
    with StreamWriter(tmp_path / 'v.h5', 'flow', (64, 64, 2)) as store:
        store.append(flows)
    stored = StreamReader(tmp_path / 'v.h5').read(np.arange(8))
    with RawframesWriter(tmp_path / 'v', 20.0, {}) as writer:
        for flow in flows:
            writer.append_flow(flow, np.zeros(2))
    pictures = [
        [cv2.imread(str(tmp_path / 'v' / f'flow_{axis}_{n:05d}.jpg'), cv2.IMREAD_GRAYSCALE) for axis in 'xy']
        for n in range(1, 9)
    ]
    read = picture_to_flow(np.moveaxis(np.array(pictures), 1, -1), 20.0)
    in_store, in_pictures = (float(np.sqrt(((found - flows) ** 2).mean())) for found in (stored, read))
    assert in_store < 0.02
    # Steps of 40 / 255 px alone give 0.045 px rms.
    assert in_pictures > 0.045
    assert in_pictures > 4 * in_store
