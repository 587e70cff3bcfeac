"""Files for the tests of the evaluation: two videos, one without events."""

import sys
from pathlib import Path

import numpy as np
import pytest

from mmaction_mespot.annotations.schema import save_annotations
from mmaction_mespot.evaluation.functional.dump import Dump, save_dump
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES, Detections

# The suite imports by importlib, which leaves the folder of the fixture factory off the path.
sys.path.insert(0, str(Path(__file__).parents[1] / 'datasets'))

CSV = 'video,start,end,score,label\ns01_0101,0,40,0.9,mae\ns01_0101,100,106,0.4,me\ns02_0101,10,60,0.3,mae\n'


def write_annotations(path, part=None, offset_rule='apex', end=40):
    def entry(video_id, subject, instances):
        return {
            'video_id': video_id,
            'subject': subject,
            'frame_dir': f'{subject}/{video_id}',
            'filename_tmpl': 'img{:03d}.jpg',
            'start_index': 1,
            'total_frames': 600,
            'fps': 30,
            'size': [64, 48],
            'instances': instances,
        }

    labels = [{'segment': [0, end], 'label': 0}, {'segment': [100, 112], 'label': 1}]
    info = {'dataset': 'made', 'classes': list(CLASSES), 'part': part, 'source_root': '.'}
    info |= {'offset_rule': offset_rule, 'splits': {'test': ['s01'], 'val': ['s02']}}
    save_annotations(
        {'metainfo': info, 'data_list': [entry('s01_0101', 's01', labels), entry('s02_0101', 's02', [])]},
        path,
    )
    return path


def write_dump(path, thresholds=None, top_threshold=None):
    videos = [
        VideoResult(
            's01_0101',
            's01',
            None,
            30,
            600,
            np.array([[0, 40], [100, 112]]),
            np.array([0, 1]),
            Detections(np.array([[0, 40], [100, 106]]), np.array([0.9, 0.4]), np.array([0, 1])),
        ),
        VideoResult(
            's02_0101',
            's02',
            None,
            30,
            600,
            np.zeros((0, 2)),
            np.zeros(0),
            Detections(np.array([[10, 60]]), np.array([0.3]), np.array([0])),
        ),
    ]
    metainfo = {
        'classes': list(CLASSES),
        'thresholds': thresholds,
        'top_threshold': top_threshold,
        'threshold_source': 'given',
        'iou_threshold': 0.5,
        'post_processing': {},
    }
    save_dump(Dump(metainfo, videos), path)
    return path


@pytest.fixture
def evaluation_files(tmp_path):
    """Paths of annotations, dump, CSV and text files of the same videos and detections."""
    (tmp_path / 'found.csv').write_text(CSV, encoding='utf-8')
    (tmp_path / 'texts').mkdir()
    (tmp_path / 'texts' / 's01_0101.txt').write_text('0 40 0.9\n100 106 0.4\n')
    (tmp_path / 'texts' / 's02_0101.txt').write_text('10 60 0.3\n')
    return {
        'annotations': write_annotations(tmp_path / 'annotations.json'),
        'dump': write_dump(tmp_path / 'dump.json'),
        'csv': tmp_path / 'found.csv',
        'texts': tmp_path / 'texts',
        'write_annotations': write_annotations,
        'write_dump': write_dump,
    }
