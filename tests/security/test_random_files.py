"""Files damaged at random: what is read from them, or one error that names the file; nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import torch
from mmengine.runner.checkpoint import CheckpointLoader
from video_files import ramp, write_video

from mmaction_mespot.annotations.workbook import read_workbook
from mmaction_mespot.checked_json import checker, read_checked
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.dump import load_dump
from mmaction_mespot.evaluation.io.detection_csv import read_detection_csv
from mmaction_mespot.exports.read_result import read_result
from mmaction_mespot.preprocessing.video import open_video_source

CASES = 60
RESULT = Path(__file__).parents[1] / 'spotting' / 'spot_example' / 'intervals.json'
CSV = Path(__file__).parents[2] / 'docs' / 'examples' / 'protocols' / 'detections.csv'


def damaged(data: bytes, seed: int) -> bytes:
    """The data cut off, with bytes changed, zeroed, doubled or put in."""
    draw = np.random.default_rng(seed)
    place, length = int(draw.integers(len(data))), int(draw.integers(1, 200))
    rest = data[place + length :]
    kinds = (
        lambda: data[:place],
        lambda: data[:place] + draw.bytes(length) + rest,
        lambda: data[:place] + bytes(length) + rest,
        lambda: data[:place] + data[place : place + length] * 2 + rest,
        lambda: data[:place] + draw.bytes(length) + data[place:],
        lambda: data[:place] + rest,
    )
    return bytes(kinds[seed % len(kinds)]())


def refusals(data: bytes, path: Path, read) -> int:
    """Read every damaged copy; gives how many were refused."""
    refused = 0
    for seed in range(CASES):
        path.write_bytes(damaged(data, seed))
        try:
            read(path)
        except (MESpotError, FileNotFoundError) as error:
            assert path.name in str(error), (seed, error)
            refused += 1
    return refused


@pytest.mark.parametrize('name', ['a.mp4', 'a.avi', 'a.mkv'])
def test_videos(tmp_path, name):
    write_video(tmp_path / name, ramp(12))
    data = (tmp_path / name).read_bytes()

    def read(path: Path) -> None:
        for frame in open_video_source(path):
            assert frame.image.dtype == np.uint8 and frame.time_s >= 0

    assert refusals(data, tmp_path / f'x{name}', read) < CASES


def test_workbooks(tmp_path):
    book = openpyxl.Workbook()
    for row in range(30):
        book.active.append([row, f's{row}', 1.5 * row, 'micro-expression'])
    book.save(tmp_path / 'a.xlsx')
    assert refusals((tmp_path / 'a.xlsx').read_bytes(), tmp_path / 'x.xlsx', read_workbook) > 0


def test_tables_of_detections(tmp_path):
    refusals(CSV.read_bytes(), tmp_path / 'x.csv', read_detection_csv)


@pytest.mark.parametrize('read', [read_result, load_dump, lambda p: read_checked(p, checker({}), 'JSON')])
def test_json(tmp_path, read):
    text = json.dumps(json.loads(RESULT.read_text()), indent=None)[:20_000].encode()
    assert refusals(text, tmp_path / 'x.json', read) > CASES // 2


def test_checkpoints(tmp_path):
    weights = {f'fc{i}': torch.randn(20, 20) for i in range(5)}
    torch.save({'state_dict': weights, 'meta': {}}, tmp_path / 'a.pth')
    data = (tmp_path / 'a.pth').read_bytes()
    assert refusals(data, tmp_path / 'x.pth', lambda p: CheckpointLoader.load_checkpoint(str(p), 'cpu')) > 0


def test_torchscript_archive_is_refused(tmp_path):
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 1)), str(tmp_path / 'x.pth'))
    with pytest.raises(MESpotError, match=r'x\.pth'):
        CheckpointLoader.load_checkpoint(str(tmp_path / 'x.pth'), map_location='cpu')
