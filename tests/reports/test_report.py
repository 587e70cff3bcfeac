from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from mmaction_mespot.annotations.schema import save_annotations
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.dump import Dump, save_dump
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.reports.report import write_report

FRAMES = 240


def write_inputs(folder: Path, thresholds: dict[str, float] | None) -> tuple[Path, Path]:
    """A dump of one video (one hit, one miss, one blink) and its prepared data set with frames and events."""
    video = VideoResult(
        's01_0101',
        's01',
        'normal',
        30.0,
        FRAMES,
        np.array([[30, 70], [120, 132]]),
        np.array([0, 1]),
        Detections(np.array([[32, 70], [200, 210]]), np.array([0.9, 0.8]), np.array([0, 1])),
    )
    metainfo = {
        'classes': ['MaE', 'ME'],
        'thresholds': thresholds,
        'top_threshold': None,
        'threshold_source': 'model, chosen in training',
        'iou_threshold': 0.5,
        'post_processing': {},
    }
    save_dump(Dump(metainfo, [video]), folder / 'dump.json')
    frames = folder / 'raw' / 'rawpic'
    frames.mkdir(parents=True)
    for index in range(FRAMES):
        image = np.full((40, 32, 3), 60 + index // 2, np.uint8)
        cv2.imwrite(str(frames / f'img{index + 1:03d}.jpg'), image)
    events = [
        {'kind': 'MaE', 'start': 30, 'end': 70, 'amplitude': 0.03},
        {'kind': 'ME', 'start': 120, 'end': 132, 'amplitude': 0.01},
        {'kind': 'blink', 'start': 200, 'end': 209, 'amplitude': 1.0},
    ]
    truth = {'videos': [{'video_id': 's01_0101', 'events': events}]}
    (folder / 'raw' / 'events.json').write_text(json.dumps(truth))
    entry = {
        'video_id': 's01_0101',
        'subject': 's01',
        'frame_dir': 'rawpic',
        'filename_tmpl': 'img{:03d}.jpg',
        'start_index': 1,
        'total_frames': FRAMES,
        'fps': 30.0,
        'size': [32, 40],
        'instances': [
            {'segment': [30, 70], 'label': 0, 'apex': 45},
            {'segment': [120, 132], 'label': 1},
        ],
    }
    info = {
        'dataset': 'casme2',
        'classes': ['MaE', 'ME'],
        'part': 'normal',
        'source_root': str(folder / 'raw'),
    }
    prepared = folder / 'prepared' / 'normal'
    prepared.mkdir(parents=True)
    save_annotations({'metainfo': info, 'data_list': [entry]}, prepared / 'annotations.json')
    return folder / 'dump.json', folder / 'prepared'


def test_report_tells_the_whole_story(tmp_path: Path) -> None:
    dump, prepared = write_inputs(tmp_path, {'MaE': 0.5, 'ME': 0.4})
    scalars = tmp_path / 'work' / '20250101_000000' / 'vis_data' / 'scalars.json'
    scalars.parent.mkdir(parents=True)
    scalars.write_text('{"loss": 1.0, "step": 10}\n{"loss": 0.5, "step": 20}\n')
    report = write_report(dump, tmp_path / 'out', tmp_path / 'work', [prepared])
    text = report.read_text()
    assert '| normal | MaE | 1 | 0 | 0 | 1.000 | 1.000 | 1.000 |' in text
    assert '| normal | ME | 0 | 1 | 1 | 0.000 | 0.000 | 0.000 |' in text
    assert '| normal | overall | 1 | 1 | 1 | 0.500 | 0.500 | 0.500 |' in text
    assert 'Thresholds: MaE 0.500, ME 0.400 (model, chosen in training).' in text
    assert '| no candidate | 0 | 1 |' in text
    assert '| blink | 0 | 1 |' in text
    assert '| ME | 0.0100 - 0.0100 | 0 | 1 | 0.00 |' in text
    pictures = [line.split('(')[1].rstrip(')') for line in text.splitlines() if line.startswith('![')]
    names = ['f1.png', 'loss.png', 'best.png', 'worst.png', 'timelines/normal_s01_0101.png']
    assert pictures == names
    for name in names:
        assert cv2.imread(str(tmp_path / 'out' / name)).shape[1] == 1100


def test_report_of_a_dump_alone(tmp_path: Path) -> None:
    dump, _ = write_inputs(tmp_path, {'MaE': 0.5, 'ME': 0.4})
    text = write_report(dump, tmp_path / 'out').read_text()
    assert 'Training' not in text and 'cases' not in text
    assert 'timelines/normal_s01_0101.png' in text


def test_a_dump_without_thresholds_is_named(tmp_path: Path) -> None:
    dump, _ = write_inputs(tmp_path, None)
    with pytest.raises(MESpotError, match=r'dump\.json: metainfo.thresholds expected'):
        write_report(dump, tmp_path / 'out')


def test_a_folder_without_annotations_is_named(tmp_path: Path) -> None:
    dump, _ = write_inputs(tmp_path, {'MaE': 0.5, 'ME': 0.4})
    with pytest.raises(FileNotFoundError, match=r'annotations\.json'):
        write_report(dump, tmp_path / 'out', prepared=[tmp_path / 'raw'])
