from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest

from mmaction_mespot.annotations import AnnotationError, load_annotations, save_annotations

DATA = {
    'metainfo': {'dataset': 'own', 'classes': ['MaE', 'ME'], 'part': None, 'source_root': '/videos'},
    'data_list': [
        {
            'video_id': 'a',
            'subject': 's01',
            'frame_dir': 'rawpic/a',
            'filename_tmpl': 'img{:03d}.jpg',
            'start_index': 1,
            'total_frames': 100,
            'fps': 30.0,
            'size': [640, 480],
            'instances': [{'segment': [10, 20], 'label': 1, 'apex': 15, 'source': {'file': 'x', 'row': 1}}],
        }
    ],
}


def test_round_trip_is_byte_stable(tmp_path: Path) -> None:
    save_annotations(DATA, tmp_path / 'a.json')
    assert load_annotations(tmp_path / 'a.json') == DATA
    save_annotations(load_annotations(tmp_path / 'a.json'), tmp_path / 'b.json')
    assert (tmp_path / 'a.json').read_bytes() == (tmp_path / 'b.json').read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ['a.json', 'b.json']


@pytest.mark.parametrize(
    ('key', 'value', 'message'),
    [
        (
            'segment',
            [10, 101],
            r'a, instance 0: segment \[10, 101\), expected 0 <= start < end <= 100 frames',
        ),
        ('segment', [20, 20], r'segment \[20, 20\)'),
        ('segment', [10.5, 20], '10.5 is not of type'),
        ('label', 2, 'label 2, expected below 2'),
        ('apex', 20, 'apex 20 outside'),
    ],
)
def test_wrong_instance(tmp_path: Path, key: str, value: object, message: str) -> None:
    data = deepcopy(DATA)
    data['data_list'][0]['instances'][0][key] = value
    with pytest.raises(AnnotationError, match=message):
        save_annotations(data, tmp_path / 'a.json')
    assert not list(tmp_path.iterdir())


def test_wrong_entries_are_listed_at_once(tmp_path: Path) -> None:
    data = deepcopy(DATA)
    data['data_list'] *= 2
    data['metainfo']['splits'] = {'train': ['s01'], 'val': ['s01']}
    with pytest.raises(AnnotationError) as raised:
        save_annotations(data, tmp_path / 'a.json')
    assert raised.value.problems == [
        'video_id a occurs 2 times, expected once',
        'subject s01 is in split train and in split val, expected one',
    ]


def test_unreadable_file(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r'none\.json: no such annotation file; `python tools/prepare.py'
    ):
        load_annotations(tmp_path / 'none.json')
    (tmp_path / 'cut.json').write_text('{"metainfo"')
    with pytest.raises(AnnotationError, match=r'cut\.json: '):
        load_annotations(tmp_path / 'cut.json')
    (tmp_path / 'empty.json').write_text('{}')
    with pytest.raises(AnnotationError, match="'metainfo' is a required property"):
        load_annotations(tmp_path / 'empty.json')
