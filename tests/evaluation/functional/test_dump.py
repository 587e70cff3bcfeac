import dataclasses
import json

import pytest

from mmaction_mespot.evaluation.functional.counts import Counts, count_videos
from mmaction_mespot.evaluation.functional.dump import Dump, load_dump, save_dump
from mmaction_mespot.intervals.postprocess import PostProcessing

METAINFO = {
    'classes': ['MaE', 'ME'],
    'thresholds': {'MaE': 0.75, 'ME': 0.4},
    'top_threshold': None,
    'threshold_source': 'given',
    'iou_threshold': 0.5,
    'post_processing': PostProcessing().to_dict(),
}


@pytest.fixture
def path(tmp_path, benchmark_videos):
    path = tmp_path / 'out' / 'dump.json'
    save_dump(Dump(dict(METAINFO), benchmark_videos), path)
    return path


def test_round_trip(path, benchmark_videos):
    dump = load_dump(path)
    assert dump.metainfo == METAINFO
    assert count_videos(dump.videos) == count_videos(benchmark_videos)
    for read, written in zip(dump.videos, benchmark_videos, strict=True):
        for name in ('video_id', 'subject', 'part', 'fps', 'total_frames'):
            assert getattr(read, name) == getattr(written, name)
        assert read.detections.scores.tolist() == written.detections.scores.tolist()
    assert [file.name for file in path.parent.iterdir()] == ['dump.json']


def test_layout_of_the_file(path):
    data = json.loads(path.read_text(encoding='utf-8'))
    video = data['videos'][2]
    assert video['ground_truth'][0] == {'segment': [300.0, 330.0], 'label': 0}
    assert video['candidates'][1] == {'segment': [400.0, 412.0], 'score': 0.4, 'label': 1}
    assert (video['part'], video['total_frames']) == ('hard', 1000)


def test_final_detections(path):
    dump = load_dump(path)
    assert count_videos(dump.final_videos())['MaE'] == Counts(1, 1, 2)
    top = Dump({**METAINFO, 'thresholds': None, 'top_threshold': 0.5}, dump.videos)
    assert [len(video.detections) for video in top.final_videos()] == [2, 1, 1]
    none = Dump({**METAINFO, 'thresholds': None}, dump.videos)
    with pytest.raises(ValueError, match='neither thresholds nor a top_threshold'):
        none.final_videos()


@pytest.mark.parametrize(
    ('spoil', 'message'),
    [
        (
            lambda d: d['videos'][1].pop('fps'),
            r"dump\.json: at \$\.videos\[1\]: 'fps' is a required property",
        ),
        (lambda d: d['metainfo'].update(iou_threshold=2), r'\$\.metainfo\.iou_threshold: 2 is greater'),
        (lambda d: d['metainfo'].update(classes=['ME', 'MaE']), r'\$\.metainfo\.classes'),
        (
            lambda d: d['videos'][0]['candidates'][0].update(label=7),
            r'\$\.videos\[0\]\.candidates\[0\]\.label: 7',
        ),
        (lambda d: d['videos'].append(d['videos'][0]), 'video s01_0101 of part normal occurs twice'),
    ],
)
def test_what_is_wrong_is_named(path, spoil, message):
    data = json.loads(path.read_text(encoding='utf-8'))
    spoil(data)
    path.write_text(json.dumps(data), encoding='utf-8')
    with pytest.raises(ValueError, match=message):
        load_dump(path)


def test_no_file_and_no_json(tmp_path):
    with pytest.raises(FileNotFoundError, match='no such dump'):
        load_dump(tmp_path / 'absent.json')
    (tmp_path / 'broken.json').write_text('{"videos": [', encoding='utf-8')
    with pytest.raises(ValueError, match=r'broken\.json: no valid JSON'):
        load_dump(tmp_path / 'broken.json')


def test_nothing_wrong_is_written(tmp_path, benchmark_videos):
    twice = [benchmark_videos[0], dataclasses.replace(benchmark_videos[0])]
    with pytest.raises(ValueError, match='occurs twice'):
        save_dump(Dump(dict(METAINFO), twice), tmp_path / 'dump.json')
    assert not list(tmp_path.iterdir())
