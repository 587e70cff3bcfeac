"""Paths and names from files stay inside their folder: nothing else is removed or written."""

import json
import random

import pytest

from mmaction_mespot.annotations.annotation_error import AnnotationError
from mmaction_mespot.annotations.schema import validate_annotations
from mmaction_mespot.contained import path_inside
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.dump import load_dump
from mmaction_mespot.preprocessing.store.manifest import FORMAT, Manifest
from mmaction_mespot.spotting.inputs import named_videos
from mmaction_mespot.synthetic.make import _remove_stale

ESCAPES = [
    '..',
    '.',
    '',
    '/',
    '../victim',
    'flow/../../victim',
    'flow/../../../victim',
    './../victim',
    '..\\victim',
    'C:\\victim',
    '\\\\host\\victim',
    'link/victim',
    'a\0b',
    None,
    7,
    ['victim'],
    {},
]


def hostile_names(count=60):
    """Random paths of steps up, down and across, each of which leaves the folder."""
    draw = random.Random(13)
    names = []
    while len(names) < count:
        parts = [draw.choice(['..', '.', 'flow', 'a b', 'é']) for _ in range(draw.randint(1, 6))]
        depth, lowest = 0, 0
        for part in parts:
            depth += {'..': -1, '.': 0}.get(part, 1)
            lowest = min(lowest, depth)
        if lowest < 0:
            names.append(draw.choice(['', '/', '//']) + '/'.join([*parts, 'victim']))
    return names


@pytest.fixture
def places(tmp_path):
    """A folder with a link that leads out of it, beside a victim."""
    folder, victim = tmp_path / 'data', tmp_path / 'victim'
    (folder / 'flow').mkdir(parents=True)
    victim.mkdir()
    (victim / 'precious').write_text('1')
    (folder / 'link').symlink_to(tmp_path)
    return folder, victim


@pytest.mark.parametrize('name', [*ESCAPES, *hostile_names()])
def test_path_that_leaves_the_folder_is_refused_by_every_reader(places, name):
    folder, victim = places
    with pytest.raises(MESpotError, match='place'):
        path_inside(folder, name, 'place')
    if not isinstance(name, str):
        return
    record = {'parameters': {}, 'notes': [], 'files': {name: {'bytes': 1}}}
    (folder / 'manifest').mkdir()
    path = folder / 'manifest' / 'v.json'
    path.write_text(json.dumps({'format': FORMAT, 'video': record}))
    with pytest.raises(MESpotError, match=r'v\.json: video\.files'):
        Manifest(folder).forget('v')
    path.unlink()
    (folder / 'manifest').rmdir()
    (folder / 'manifest.json').write_text(
        json.dumps({'format': FORMAT, 'videos': {'v': record}, 'failed': {}})
    )
    with pytest.raises(MESpotError, match=r'manifest\.json: v\.files'):
        Manifest(folder).forget('v')
    (folder / '.drawn').mkdir()
    (folder / '.drawn' / 'v.json').write_text(json.dumps({'folder': name, 'plan': ''}))
    with pytest.raises(MESpotError, match=r'v\.json: folder'):
        _remove_stale(folder, set())
    assert (victim / 'precious').read_text() == '1'


def test_path_below_the_folder_is_taken(places):
    folder, _ = places
    assert path_inside(folder, 'flow/v.h5', 'place') == folder / 'flow' / 'v.h5'
    assert path_inside(folder, 'flow/..v.h5', 'place') == folder / 'flow' / '..v.h5'


@pytest.mark.parametrize(
    'text',
    [
        '[]',
        '{}',
        '{"format": 1, "video": 3}',
        '{"format": 1, "video": {}}',
        '{"format": 1, "failed": [1]}',
        '{"format": 1, "video": {"parameters": {}, "notes": [], "files": {"a": {"bytes": -1}}}}',
        '{"format": 1, "video": {"parameters": {}, "notes": [], "files": {"a": {"bytes": NaN}}}}',
        '{"format": 1, "failed": "a", "failed": "b"}',
        '[' * 100_000,
    ],
)
def test_record_of_another_form_is_named(tmp_path, text):
    (tmp_path / 'manifest').mkdir()
    (tmp_path / 'manifest' / 'v.json').write_text(text)
    with pytest.raises(MESpotError, match=r'v\.json'):
        Manifest(tmp_path)


def annotations(**changes):
    """Annotations of one video."""
    video = dict(
        video_id='v',
        subject='s',
        frame_dir='frames',
        filename_tmpl='img{:03d}.jpg',
        start_index=1,
        total_frames=9,
        fps=30.0,
        size=[4, 4],
        instances=[],
    )
    metainfo = dict(dataset='own', classes=['MaE', 'ME'], source_root='/data')
    return dict(metainfo=metainfo, data_list=[{**video, **changes}])


@pytest.mark.parametrize('key', ['video_id', 'subject', 'frame_dir', 'video', 'filename_tmpl'])
@pytest.mark.parametrize('name', ['..', '../x', '/x', 'a/../../x', '..\\x', 'a\nb', 'a\n'])
def test_annotations_that_name_other_places_are_refused(key, name):
    with pytest.raises(AnnotationError, match=key):
        validate_annotations(annotations(**{key: name}), 'file')


@pytest.mark.parametrize('name', ['{}', '{:d}.png', 'img{:03d}.jpg', 'a{{b}}{:05d}.bmp'])
def test_template_with_one_number_is_taken(name):
    validate_annotations(annotations(filename_tmpl=name), 'file')


@pytest.mark.parametrize('name', ['a', '{:d}{:d}', '{:999999999d}', '{0.__class__}', '{:{}}', '{!r}'])
def test_template_of_another_form_is_refused(name):
    with pytest.raises(AnnotationError, match='img'):
        validate_annotations(annotations(filename_tmpl=name), 'file')


@pytest.mark.parametrize('key', ['video_id', 'part', 'subject'])
@pytest.mark.parametrize('name', ['..', '../../x', '/x', 'a/b', 'a\\b', ''])
def test_dump_with_a_name_that_is_a_path_is_refused(tmp_path, key, name):
    video = dict(
        video_id='v', subject='s', part=None, fps=30.0, total_frames=9, ground_truth=[], candidates=[]
    )
    metainfo = dict(
        classes=['MaE', 'ME'],
        thresholds=None,
        top_threshold=0.5,
        threshold_source='',
        iou_threshold=0.5,
        post_processing={},
    )
    path = tmp_path / 'dump.json'
    path.write_text(json.dumps(dict(metainfo=metainfo, videos=[{**video, key: name}])))
    with pytest.raises(MESpotError, match=key):
        load_dump(path)


def test_results_of_a_video_with_dots_for_a_name_have_a_folder_of_their_own(tmp_path):
    names = ['...mp4', '..mp4', '.mp4', ' .mp4', '.. ..mp4', 'a.mp4']
    found = list(named_videos(tmp_path / name for name in names).values())
    assert found == ['video', 'video_2', '.mp4', 'video_3', 'video_4', 'a']
