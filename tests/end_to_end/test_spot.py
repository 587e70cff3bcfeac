"""From a video file to intervals on disk, through tools/spot.py."""

from __future__ import annotations

import csv
import importlib.util
import json
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import av
import cv2
import numpy as np
import pytest

from mmaction_mespot.intervals.iou import segment_iou
from mmaction_mespot.spotting.training_free import movement_rates
from mmaction_mespot.synthetic.events import plan_video
from mmaction_mespot.synthetic.recipes import PART_RECIPES, SizeRecipe
from mmaction_mespot.synthetic.renderer import Renderer
from mmaction_mespot.synthetic.stills import find_people

TOOL = Path(__file__).parents[2] / 'tools' / 'spot.py'
SIZE = SizeRecipe('own', (1, 1, 1), (1, 1, 1), 20.0, (2, 2), (2, 2), ('normal',), max_side=160)
TICKS = 90_000
NEEDS_TORCH = pytest.mark.skipif(importlib.util.find_spec('torch') is None, reason='no torch here')


@pytest.fixture(scope='module')
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location('spot_tool', TOOL)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write(path: Path, frames: list[np.ndarray], ticks: list[int]) -> None:
    """Write grey frames as H.264 with their time stamps."""
    with av.open(str(path), 'w') as container:
        stream = container.add_stream('libx264', rate=30)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt, stream.options = 'yuv420p', {'crf': '16', 'preset': 'veryfast'}
        stream.codec_context.time_base = Fraction(1, TICKS)
        for image, pts in zip(frames, ticks, strict=True):
            frame = av.VideoFrame.from_ndarray(cv2.cvtColor(image, cv2.COLOR_GRAY2RGB), format='rgb24')
            frame.pts, frame.time_base = pts, Fraction(1, TICKS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


@pytest.fixture(scope='module')
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic video of 20 s, its copy with a variable frame rate, and its labels."""
    folder = tmp_path_factory.mktemp('footage')
    people = find_people()
    plan = plan_video(SIZE, PART_RECIPES['normal'], 'test', 7, 0, 5)
    renderer = Renderer(plan, people[plan.person - 1])
    frames = [renderer.frame(index) for index in range(plan.total_frames)]
    write(folder / 'constant.mp4', frames, [3000 * index for index in range(len(frames))])
    write(folder / 'short.mp4', frames[:200], [3000 * index for index in range(200)])
    rng = np.random.default_rng(0)
    kept = [i for i in range(len(frames)) if i == 0 or rng.random() > 0.08]
    jitter = [3000 * i + int(rng.integers(-600, 600)) * (i > 0) for i in kept]
    write(folder / 'variable.mp4', [frames[i] for i in kept], jitter)
    rows = [
        ('constant', *(frame + 1 for frame in event.label), event.kind)
        for event in plan.events
        if event.label is not None
    ]
    with (folder / 'labels.csv').open('w', newline='') as file:
        csv.writer(file).writerows([('video', 'onset', 'apex', 'offset', 'type'), *rows])
    (folder / 'text.mp4').write_text('this is no video')
    return folder


def seconds(result: dict, kind: str = 'intervals') -> np.ndarray:
    return np.array([(row['onset_s'], row['offset_s'] + 1 / 30) for row in result[kind]]).reshape(-1, 2)


def test_from_video_files_to_intervals(
    tool: ModuleType, footage: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    videos = [str(footage / name) for name in ('constant.mp4', 'text.mp4')]
    command = [
        *videos,
        '--out',
        str(tmp_path),
        '--ground-truth',
        str(footage / 'labels.csv'),
        '--format',
        'megc',
    ]
    assert tool.main([*command, '--overlay']) == 1
    printed = capsys.readouterr()
    assert printed.err.count('failed: ') == 1 and 'text.mp4' in printed.err
    assert 'constant.mp4: ' in printed.out
    assert 'false detections per minute expected (' in printed.out and '   probability 0.' in printed.out

    folder = tmp_path / 'constant'
    result = json.loads((folder / 'intervals.json').read_text())
    assert result['video']['total_frames'] == 600 and result['video']['fps'] == pytest.approx(30)
    overlaps = segment_iou(seconds(result), seconds(result, 'ground_truth'))
    assert (overlaps.max(axis=0) >= 0.5).sum() >= 3  # of four labels
    for row in result['intervals']:
        assert 0 <= row['onset'] <= row['apex'] <= row['offset'] < 600
        assert row['score'] >= result['thresholds'][row['label']]
        assert 0.01 <= row['probability'] <= 0.99
    expected = movement_rates().rate([result['thresholds'][name] for name in result['classes']])
    assert result['false_per_minute']['expected'] == pytest.approx(expected, abs=1e-3)
    assert len(result['candidates']) >= len(result['intervals']) > 0
    assert len(result['curves']['time_s']) == len(result['curves']['ME']) == 600

    with (folder / 'intervals.csv').open() as file:
        table = list(csv.DictReader(file))
    assert [int(row['apex_frame_0based']) for row in table] == [row['apex'] for row in result['intervals']]
    assert [float(row['probability']) for row in table] == [r['probability'] for r in result['intervals']]
    with (tmp_path / 'megc.csv').open() as file:
        submitted = list(csv.DictReader(file))
    assert [(row['vid'], int(row['pred_onset'])) for row in submitted] == [
        ('constant', row['onset'] + 1) for row in result['intervals']
    ]
    pictures = sorted(path.name for path in (folder / 'thumbnails').iterdir())
    assert len(pictures) == 3 * len(result['intervals']) and pictures[0] == '000_apex.jpg'
    assert cv2.imread(str(folder / 'thumbnails' / '000_apex.jpg')).shape == (112, 112, 3)
    for name in ('timeline.png', 'moved.png'):
        assert cv2.imread(str(folder / name)).shape[1] == 1100
    with av.open(str(folder / 'overlay.mp4')) as overlay:
        assert sum(1 for _ in overlay.decode(video=0)) == 600

    # The copy with a variable frame rate, quietly: what is clear is found again, but for one.
    assert tool.main([str(footage / 'variable.mp4'), '--out', str(tmp_path), '--quiet']) == 0
    assert capsys.readouterr().out == ''
    copy = json.loads((tmp_path / 'variable' / 'intervals.json').read_text())
    overlaps = segment_iou(seconds(result), seconds(copy))
    clear = [row['score'] > 0.55 for row in result['intervals']]
    assert sum(clear) >= 2 and (overlaps.max(axis=1)[clear] >= 0.7).sum() >= max(sum(clear) - 1, 2), overlaps
    assert abs(len(copy['intervals']) - len(result['intervals'])) <= 2


def test_the_shipped_network_and_lines_for_scripts(
    tool: ModuleType, footage: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip('torch')
    command = [str(footage / 'short.mp4'), '--out', str(tmp_path), '--model', 'lite', '--json-lines']
    assert tool.main([*command, '--device', 'cpu', '--threshold', 'MaE=0.05,ME=0.06']) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line['event'] for line in lines[:2]] == ['spotter', 'start'] and lines[-1]['event'] == 'done'
    assert lines[0]['thresholds'] == {'MaE': 0.05, 'ME': 0.06} and lines[0]['false_per_minute'] is None
    result = json.loads((tmp_path / 'short' / 'intervals.json').read_text())
    streamed = [line for line in lines if line['event'] == 'interval']
    assert len(streamed) > 0
    assert sorted(line['onset'] for line in streamed) == [row['onset'] for row in result['intervals']]
    assert result['thresholds'] == {'MaE': 0.05, 'ME': 0.06}
    assert any('synthetic faces only' in note for note in result['notes'])
    assert {row['probability'] for row in result['intervals']} == {None}  # nobody has measured the network


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['--checkpoint', 'nothing.pth'], '--checkpoint needs the --config'),
        (['--config', 'configs/nothing.py'], 'configs/nothing.py.: no such config file'),
        pytest.param(
            ['--config', 'configs/mespot_lite_synthetic.py'], 'needs a checkpoint', marks=NEEDS_TORCH
        ),
        (['--threshold', 'MaE=2'], "--threshold: found 'MaE=2'"),
        (['--false-per-minute', '0.001'], 'false detections per minute: found 0.001, expected 0.0'),
        (['--false-per-minute', '5000'], 'false detections per minute: found 5000, expected 0.0'),
        (['--false-per-minute', '1', '--model', 'flow'], 'flow has no table of them, expected movement'),
        (['--false-per-minute', '1', '--threshold', 'ME=0.5'], 'give one of --threshold, --calibration and'),
        (['--ground-truth', 'nowhere.csv'], 'nowhere.csv: no such table'),
        pytest.param(['--device', 'tpu7'], "device 'tpu7' cannot be used", marks=NEEDS_TORCH),
    ],
)
def test_what_cannot_start(tool: ModuleType, arguments: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message.replace('(', r'\(')):
        tool.main(['video.mp4', *arguments])
