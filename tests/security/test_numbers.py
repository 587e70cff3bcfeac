"""A number that is none is refused by every reader, with the file and the place of the number."""

import copy
import json
import random
import re

import pytest

from mmaction_mespot.annotations.annotation_error import AnnotationError
from mmaction_mespot.annotations.casme2_layout import read_frame_rates
from mmaction_mespot.annotations.own import read_own
from mmaction_mespot.annotations.schema import load_annotations
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.dump import load_dump
from mmaction_mespot.evaluation.io.csv_layout import MEGC_LAYOUT
from mmaction_mespot.evaluation.io.detection_csv import read_detection_csv
from mmaction_mespot.evaluation.io.detection_text import read_detection_texts
from mmaction_mespot.reports.evaluate import parse_thresholds
from mmaction_mespot.reports.evaluate_input import read_input
from mmaction_mespot.spotting.ground_truth import read_ground_truth

NO_NUMBERS = ['NaN', 'Infinity', '-Infinity', '1e999', '-1e999', '"5"', 'null', '[5]', '{}', 'true']
DUMP = {
    'metainfo': {
        'classes': ['MaE', 'ME'],
        'thresholds': {'MaE': 0.5, 'ME': 0.5},
        'top_threshold': None,
        'threshold_source': 'val',
        'iou_threshold': 0.5,
        'post_processing': {},
    },
    'videos': [
        {
            'video_id': 'v',
            'subject': 's',
            'part': None,
            'fps': 30.0,
            'total_frames': 90,
            'ground_truth': [{'segment': [10, 20], 'label': 1}],
            'candidates': [{'segment': [10.5, 20.5], 'score': 0.9, 'label': 1}],
        }
    ],
}
DUMP_NUMBERS = [
    ('metainfo', 'thresholds', 'MaE'),
    ('metainfo', 'iou_threshold'),
    ('videos', 0, 'fps'),
    ('videos', 0, 'total_frames'),
    ('videos', 0, 'ground_truth', 0, 'segment', 0),
    ('videos', 0, 'ground_truth', 0, 'segment', 1),
    ('videos', 0, 'ground_truth', 0, 'label'),
    ('videos', 0, 'candidates', 0, 'segment', 0),
    ('videos', 0, 'candidates', 0, 'segment', 1),
    ('videos', 0, 'candidates', 0, 'score'),
    ('videos', 0, 'candidates', 0, 'label'),
]


def with_text(data, place, text):
    """JSON of the data with a raw text at a place."""
    changed = copy.deepcopy(data)
    inner = changed
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = '@@'
    return json.dumps(changed).replace('"@@"', text)


@pytest.mark.parametrize('place', DUMP_NUMBERS, ids=str)
@pytest.mark.parametrize('text', NO_NUMBERS)
def test_dump(tmp_path, place, text):
    path = tmp_path / 'dump.json'
    path.write_text(with_text(DUMP, place, text))
    with pytest.raises(MESpotError, match=r'dump\.json'):
        load_dump(path)


@pytest.mark.parametrize(
    ('place', 'text'),
    [
        (('videos', 0, 'candidates', 0, 'segment'), '[20, 10]'),
        (('videos', 0, 'candidates', 0, 'segment'), '[20, 20]'),
        (('videos', 0, 'candidates', 0, 'segment'), '[90, 95]'),
        (('videos', 0, 'ground_truth', 0, 'segment'), '[-1, 10]'),
        (('videos', 0, 'ground_truth', 0, 'segment'), '[20, 10]'),
        (('videos', 0, 'total_frames'), '1000000000000000'),
        (('videos', 0, 'fps'), '1e9'),
        (('videos', 0, 'candidates'), '[{}]'),
    ],
)
def test_dump_out_of_range(tmp_path, place, text):
    path = tmp_path / 'dump.json'
    path.write_text(with_text(DUMP, place, text))
    with pytest.raises(MESpotError, match=r'dump\.json.*(expected|maximum|required|greater)'):
        load_dump(path)


def test_dump_of_numbers_is_read(tmp_path):
    path = tmp_path / 'dump.json'
    path.write_text(json.dumps(DUMP))
    assert load_dump(path).videos[0].detections.segments.tolist() == [[10.5, 20.5]]


ANNOTATIONS = {
    'metainfo': {'dataset': 'own', 'classes': ['MaE', 'ME'], 'source_root': '/data'},
    'data_list': [
        {
            'video_id': 'v',
            'subject': 's',
            'video': 'v.mp4',
            'total_frames': 90,
            'fps': 30.0,
            'size': [640, 480],
            'instances': [{'segment': [10, 20], 'label': 1, 'apex': 12}],
        }
    ],
}
ANNOTATION_NUMBERS = [
    ('total_frames',),
    ('fps',),
    ('size', 0),
    ('instances', 0, 'segment', 0),
    ('instances', 0, 'segment', 1),
    ('instances', 0, 'label'),
    ('instances', 0, 'apex'),
]


@pytest.mark.parametrize('place', ANNOTATION_NUMBERS, ids=str)
@pytest.mark.parametrize('text', [*NO_NUMBERS, '1e15', '-5', '1000000000000000'])
def test_annotations(tmp_path, place, text):
    path = tmp_path / 'annotations.json'
    path.write_text(with_text(ANNOTATIONS, ('data_list', 0, *place), text))
    with pytest.raises(AnnotationError, match=r'annotations\.json'):
        load_annotations(path)


CELLS = ['nan', 'inf', '-inf', '1e400', '1e15', '', 'x', '0x10', '1_0', '--3', '5;', '\u0663\u0664x']


@pytest.mark.parametrize('column', ['pred_onset', 'pred_offset'])
@pytest.mark.parametrize('cell', [cell for cell in CELLS if cell != '1_0'])
def test_detection_csv(tmp_path, column, cell):
    row = {'vid': 'v', 'pred_onset': '3', 'pred_offset': '9', 'type': 'me', column: cell}
    path = tmp_path / 'found.csv'
    path.write_text(','.join(row) + '\n' + ','.join(row.values()) + '\n')
    with pytest.raises(MESpotError, match=rf'found\.csv, row 2, column {column}'):
        read_detection_csv(path, MEGC_LAYOUT)


@pytest.mark.parametrize('position', range(3))
@pytest.mark.parametrize('cell', ['nan', 'inf', '1e400', '1e15', 'x'])
def test_detection_text(tmp_path, position, cell):
    cells = ['3', '9', '0.5', 'me']
    cells[position] = cell
    (tmp_path / 'v.txt').write_text(' '.join(cells) + '\n')
    with pytest.raises(MESpotError, match=r'v\.txt, row 1'):
        read_detection_texts(tmp_path)


@pytest.mark.parametrize('column', ['onset', 'apex', 'offset'])
@pytest.mark.parametrize('cell', [cell for cell in CELLS if cell] + ['-7', '3.5'])
def test_label_csv(tmp_path, column, cell):
    row = {'video': 'v', 'onset': '3', 'apex': '5', 'offset': '9', 'type': 'me', column: cell}
    path = tmp_path / 'labels.csv'
    path.write_text(','.join(row) + '\n' + ','.join(row.values()) + '\n')
    with pytest.raises(MESpotError, match=rf'labels\.csv, row 2, .*{column}'):
        read_ground_truth(path)
    with pytest.raises(AnnotationError, match=rf'labels\.csv, row 2, .*{column}'):
        read_own(tmp_path)


TABLES = {
    'twice': 'video,onset,apex,offset,type,onset\nv,3,5,9,me,4\n',
    'surplus': 'video,onset,apex,offset,type\nv,3,5,9,me,4\n',
    'missing': 'video,onset,apex,type\nv,3,5,me\n',
    'open quote': 'video,onset,apex,offset,type\n"v,3,5,9,me\n',
    'zero byte': 'video,onset,apex,offset,type\nv,3,5,\0,me\n',
    'empty': '',
    'long cell': 'video,onset,apex,offset,type\n' + 'v' * 200_000 + ',3,5,9,me\n',
}


@pytest.mark.parametrize('name', TABLES)
def test_table_of_another_form(tmp_path, name):
    path = tmp_path / 'labels.csv'
    path.write_text(TABLES[name])
    with pytest.raises(MESpotError, match=r'labels\.csv'):
        read_ground_truth(path)
    with pytest.raises(AnnotationError, match=r'labels\.csv'):
        read_own(tmp_path, table=path)
    text = re.sub('video,onset,apex,offset', 'vid,pred_onset,x,pred_offset', TABLES[name])
    path.write_text(text.replace(',onset', ',pred_onset'))
    with pytest.raises(MESpotError, match=r'labels\.csv'):
        read_detection_csv(path, MEGC_LAYOUT)


def test_random_bytes_are_no_table(tmp_path):
    draw = random.Random(13)
    path = tmp_path / 'labels.csv'
    for _ in range(60):
        path.write_bytes(draw.randbytes(draw.randint(1, 300)))
        for read in (read_ground_truth, lambda path: read_detection_csv(path, MEGC_LAYOUT), load_dump):
            with pytest.raises(MESpotError, match=r'labels\.csv'):
                read(path)


@pytest.mark.parametrize('fps', ['nan', 'inf', '0', '-3', '1e9', '', 'x'])
def test_frame_rates(tmp_path, fps):
    (tmp_path / 'video_info.csv').write_text(f'frame_dir,fps\na/b,{fps}\n')
    with pytest.raises(AnnotationError, match=r'video_info\.csv: row 2, column fps'):
        read_frame_rates(tmp_path)


def test_two_frame_rates_of_a_video(tmp_path):
    (tmp_path / 'video_info.csv').write_text('frame_dir,fps\na/b,30\na/b,200\n')
    with pytest.raises(AnnotationError, match='row 3, column frame_dir'):
        read_frame_rates(tmp_path)


@pytest.mark.parametrize('fps', [float('nan'), float('inf'), 0.0, -1.0, 1e9])
def test_frame_rate_of_own_videos(tmp_path, fps):
    with pytest.raises(AnnotationError, match='fps'):
        read_own(tmp_path, fps=fps)


@pytest.mark.parametrize('text', ['nan', 'MaE=nan,ME=0.5', 'MaE=inf,ME=0', 'MaE=1', 'MaE=1,MaE=2,ME=1', ''])
def test_thresholds(text):
    with pytest.raises(MESpotError, match='thresholds'):
        parse_thresholds(text)


@pytest.mark.parametrize('value', [float('nan'), -0.1, 1.1])
def test_top_threshold(tmp_path, value):
    with pytest.raises(MESpotError, match='top threshold'):
        read_input(tmp_path / 'dump.json', top_threshold=value)
