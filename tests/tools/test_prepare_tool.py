from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import cv2
import matplotlib
import numpy as np
import openpyxl
import pytest
import torch

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.preprocessing.store.store_reader import StreamReader

TOOL = Path(__file__).parents[2] / 'tools' / 'prepare.py'


def run(tool: ModuleType, words: list[str]) -> int:
    """Run the tool as from the command line."""
    return run_command(lambda: tool.main(words))


@pytest.fixture(scope='module')
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location('prepare_tool', TOOL)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two videos of 8 frames of a real face, with a workbook as in CAS(ME)^2."""
    root = tmp_path / 'casme2'
    path = Path(matplotlib.__file__).parent / 'mpl-data' / 'sample_data' / 'grace_hopper.jpg'
    face = cv2.resize(cv2.imread(str(path)), (256, 300), interpolation=cv2.INTER_AREA)
    for video in ('15_0101disgustingteeth', '15_0102eatingworms'):
        folder = root / 'rawpic' / 's15' / video
        folder.mkdir(parents=True)
        for number in range(1, 9):
            cv2.imwrite(str(folder / f'img{number:03d}.jpg'), face)
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append([1, 'disgust1_1', 3, 4, 6, '4', 'disgust', 'micro-expression', 'disgust'])
    book.create_sheet('naming rule1').append([15, 's15', 1])
    names = book.create_sheet('naming rule2')
    names.append(['0101', 'disgust1'])
    names.append(['0102', 'disgust2'])
    book.save(root / 'CAS(ME)^2code_final.xlsx')
    return root


def test_from_a_download_to_a_prepared_set(
    tool: ModuleType, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = root.parent / 'out'
    command = ['casme2', '--root', str(root), '--out', str(out)]
    command += ['--streams', 'rgb,flow_grid', '--crop-size', '64', '--flow', 'dis', '--flow-gap', '2']
    assert run(tool, command) == 0
    text = capsys.readouterr().out
    assert text.index('2 videos, 16 frames') < text.index('[1/2] s15_0101: 8 frames')
    assert '2 videos prepared, 0 were done before, 0 failed' in text
    assert 'disk space per minute of video: faces ' in text
    assert StreamReader(out / 'flow_grid' / 's15_0101.h5').attrs['gap'] == 2
    videos = json.loads((out / 'annotations.json').read_text())['data_list']
    assert [video['video_id'] for video in videos] == ['s15_0101', 's15_0102']
    assert videos[0]['instances'][0]['segment'] == [2, 6]
    assert (out / 'annotations_report.csv').is_file()

    bad = root / 'rawpic' / 's15' / '15_0102eatingworms' / 'img005.jpg'
    bad.write_bytes(np.random.default_rng(0).bytes(100))
    assert run(tool, command) == 0
    noted = r's15_0102: 8 frames; skipped: .*img005\.jpg: not a readable'
    assert re.search(noted, capsys.readouterr().out)
    assert run(tool, [*command, '--strict']) == 1
    printed = capsys.readouterr()
    assert '0 videos prepared, 1 were done before, 1 failed' in printed.out
    assert 'failed: s15_0102' in printed.err
    assert 'img005.jpg: not a readable image' in printed.err


def test_what_cannot_start_is_one_clear_error(
    tool: ModuleType, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tool, ['casme2', '--root', str(root / 'nowhere'), '--out', str(root)]) == 2
    assert 'nowhere' in capsys.readouterr().err
    assert run(tool, ['casme2', '--root', str(root), '--out', str(root / 'o'), '--streams', 'rgb,depth']) == 2
    assert "streams: found ('rgb', 'depth')" in capsys.readouterr().err


def test_options_of_the_reader(tool: ModuleType, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = openpyxl.load_workbook(root / 'CAS(ME)^2code_final.xlsx')
    book.worksheets[0].append([1, 'disgust1_2', 2, 3, 0, '4', 'disgust', 'macro-expression', 'disgust'])
    book.worksheets[0].append([1, 'disgust2_1', 5, 6, 99, '4', 'disgust', 'macro-expression', 'disgust'])
    book.save(root / 'labels.xlsx')
    out = root.parent / 'out'
    command = ['casme2', '--root', str(root), '--out', str(out), '--table', 'labels.xlsx']
    command += ['--frame-tree', 'rawpic', '--offset-rule', 'mirror', '--streams', 'rgb', '--crop-size', '64']
    assert run(tool, command) == 2
    error = capsys.readouterr().err
    assert '(workbook: labels.xlsx; frames: rawpic): ' in error
    assert 'row 3: event 5..99 past the end of s15_0102, which has 8 frames' in error
    assert not out.exists()
    assert run(tool, [*command, '--lenient']) == 0
    printed = capsys.readouterr()
    assert '1 events without offset: offset = 2 apex - onset' in printed.out
    assert f'1 problems left out: see {out / "annotations_report.csv"}' in printed.err
    assert 'not_understood' in (out / 'annotations_report.csv').read_text()
    assert run(tool, [*command, '--fps', '30']) == 2
    assert 'casme2: does not know the option fps' in capsys.readouterr().err


def test_own_videos(tool: ModuleType, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / 'labels.csv').write_text('video,onset,apex,offset,type\n15_0101disgustingteeth,3,,6,ME\n')
    out = root.parent / 'out'
    command = ['own', '--root', str(root), '--out', str(out), '--fps', '25']
    assert run(tool, [*command, '--streams', 'rgb', '--crop-size', '64']) == 0
    assert 'totals: 0 MaE and 1 ME in 2 videos of 2 subjects' in capsys.readouterr().out
    videos = json.loads((out / 'annotations.json').read_text())['data_list']
    assert videos[0]['instances'][0]['segment'] == [2, 6]
    assert len(StreamReader(out / 'rgb' / f'{videos[0]["video_id"]}.h5')) == 8


def test_dry_run_and_shards(tool: ModuleType, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = root.parent / 'out'
    command = ['casme2', '--root', str(root), '--out', str(out)]
    command += ['--streams', 'rgb', '--crop-size', '64', '--format', 'rawframes', '--flow-bound', '10']
    assert run(tool, [*command, '--dry-run']) == 0
    assert 'nothing is written: 0 videos done, 2 left (16 frames), 0 bad' in capsys.readouterr().out
    assert not out.exists()
    assert run(tool, [*command, '--shard', '1/2']) == 0
    assert '1 videos are left to the other shards' in capsys.readouterr().out
    assert run(tool, [*command, '--dry-run']) == 0
    assert 'nothing is written: 1 videos done, 1 left (8 frames), 0 bad' in capsys.readouterr().out
    assert run(tool, [*command, '--shard', '2/2']) == 0
    assert len(list(out.glob('rawframes/*/img_*.jpg'))) == 16
    assert (out / 'annotations.json').is_file()
    assert run(tool, [*command, '--shard', '3/2']) == 2
    assert 'shard: found 3/2, expected i/n' in capsys.readouterr().err


def test_no_gpu(
    tool: ModuleType, root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    command = ['casme2', '--root', str(root), '--out', str(root.parent / 'out')]
    assert run(tool, [*command, '--device', 'cuda', '--flow-batch', '16']) == 2
    assert 'error: device cuda: torch' in capsys.readouterr().err


def test_labels_without_frames(
    tool: ModuleType, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / 'labels'
    workbook = root / 'CAS(ME)^2code_final.xlsx'
    command = ['casme2', '--root', str(tmp_path), '--table', str(workbook), '--out', str(out)]
    assert run(tool, [*command, '--labels-only', '--dry-run']) == 0 and not out.exists()
    assert run(tool, [*command, '--labels-only']) == 0
    assert 'labels of 1 videos' in capsys.readouterr().out
    data = json.loads((out / 'annotations.json').read_text(encoding='utf-8'))
    assert data['metainfo']['labels_only'] is True
    assert [(v['video_id'], v['instances'][0]['segment']) for v in data['data_list']] == [
        ('s15_0101', [2, 6])
    ]
    assert (out / 'annotations_report.csv').read_text(encoding='utf-8').startswith('rule,file,sheet,row')


def test_a_table_of_labels_of_ones_own(
    tool: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / 'labels.csv').write_text('video,onset,offset,type\nv,1,9,ME\n')
    command = ['labels', '--root', str(tmp_path), '--out', str(tmp_path / 'out')]
    assert run(tool, command) == 2
    assert 'no frame rate, expected a column fps or one given with --fps' in capsys.readouterr().err
    assert run(tool, [*command, '--fps', '30']) == 0
    assert run(tool, [*command, '--fps', '30', '--sheet', 'x']) == 2
    assert 'does not know the option sheet' in capsys.readouterr().err


def test_prepared_for_a_network(tool: ModuleType, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = root.parent / 'out'
    command = ['casme2', '--root', str(root), '--out', str(out), '--for', 'lite']
    assert run(tool, [*command, '--crop-size', '64']) == 2
    assert 'crop_size: found 64, lite needs 112' in capsys.readouterr().err
    assert run(tool, command) == 0
    reader = StreamReader(out / 'flow_grid' / 's15_0101.h5')
    assert (reader.attrs['crop_size'], reader.attrs['method']) == (112, 'tvl1-fast')
    assert (reader.attrs['target_fps'], reader.attrs['gap']) == (30, 4)
    assert sorted(path.name for path in out.iterdir() if path.is_dir()) == ['faces', 'flow_grid', 'manifest']
