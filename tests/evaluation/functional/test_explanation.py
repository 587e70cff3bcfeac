"""The reasons, on videos small enough to be read."""

from collections import Counter
from dataclasses import replace

import pytest

from mmaction_mespot.evaluation.functional.counts import OVERALL, count_videos
from mmaction_mespot.evaluation.functional.explanation import explain_matches
from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.evaluation.functional.protocols import DEFAULT, PROTOCOLS
from mmaction_mespot.intervals.detections import MAE, ME


def lines(videos, protocol=DEFAULT):
    return {
        (e.video_id, e.name): (e.outcome, e.match, round(e.iou, 3), e.why)
        for e in explain_matches(videos, protocol)
    }


def test_every_reason_of_one_to_one(make_video):
    truth = [(0, 10, MAE), (2, 12, MAE), (100, 112, ME), (200, 220, MAE), (300, 310, ME)]
    found = [
        (0, 12, 0.9, MAE),
        (0, 10, 0.5, MAE),
        (0, 9, 0.4, MAE),
        (100, 112, 0.5, MAE),
        (210, 240, 0.5, MAE),
        (400, 410, 0.5, ME),
    ]
    told = lines([make_video(truth, found, 'v')])
    assert told == {
        # The best detection overlaps labels 1 and 2 equally and takes the earlier one.
        ('v', 'label 1'): ('TP', 'detection 3', 0.833, 'found: IoU 0.833 >= 0.5'),
        ('v', 'label 2'): ('TP', 'detection 2', 0.667, 'found: IoU 0.667 >= 0.5'),
        ('v', 'label 3'): ('FN', '', 1.0, 'missed: detection 4 fits but is of the other class, not ME'),
        ('v', 'label 4'): ('FN', '', 0.25, 'missed: best IoU 0.250 < 0.5'),
        ('v', 'label 5'): ('FN', '', 0.0, 'missed: no detection overlaps it'),
        ('v', 'detection 1'): ('FP', '', 0.9, 'false: label 1 is found by detection 3 already'),
        ('v', 'detection 2'): ('TP', 'label 2', 0.667, 'hit: IoU 0.667 >= 0.5'),
        ('v', 'detection 3'): ('TP', 'label 1', 0.833, 'hit: IoU 0.833 >= 0.5'),
        ('v', 'detection 4'): ('FP', '', 1.0, 'false: label 3 is of the other class, not MaE'),
        ('v', 'detection 5'): ('FP', '', 0.25, 'false: best IoU 0.250 < 0.5'),
        ('v', 'detection 6'): ('FP', '', 0.0, 'false: overlaps no label'),
    }


def test_detections_that_do_not_count(make_video):
    videos = [make_video([(0, 12, ME)], [(0, 6, 0.9, ME), (50, 60, 0.5, MAE)], 'v')]
    told = lines(videos, PROTOCOLS['megc2020'])
    assert told['v', 'detection 1'][3] == 'not counted: 6 frames, ME must have 7 to 16'
    assert told['v', 'detection 2'][3] == 'not counted: 10 frames, MaE must have 17 or more'
    assert told['v', 'label 1'][3] == 'missed: detection 1 fits but is not counted'
    assert lines(videos, PROTOCOLS['softnet'])['v', 'detection 2'][3] == 'not counted: the video holds no MaE'
    told = lines(videos, Protocol(top_k=1))
    assert told['v', 'detection 2'][3] == 'not counted: not among the best 1 of the video'


def test_a_detection_on_two_labels(make_video):
    videos = [make_video([(0, 10, MAE), (2, 12, MAE)], [(0, 12, 0.9, MAE)], 'v')]
    assert lines(videos)['v', 'label 2'] == ('FN', '', 0.833, 'missed: detection 1 fits but took label 1')
    told = lines(videos, PROTOCOLS['strs'])
    assert told['v', 'detection 1'][:2] == ('TP', 'label 1, label 2')
    assert told['v', 'label 2'][:2] == ('TP', 'detection 1')


def test_across_classes_and_strictly(make_video):
    videos = [make_video([(0, 16, ME)], [(0, 17, 0.9, ME)], 'v')]
    told = lines(videos, PROTOCOLS['lgsnet'])
    assert told['v', 'detection 1'][3] == 'hit: IoU 0.941 >= 0.5; counts for ME, the class of the label'
    half = [make_video([(0, 11, ME)], [(0, 6, 0.9, ME)], 'v')]
    assert lines(half, PROTOCOLS['auwgcn'])['v', 'label 1'][3] == 'missed: best IoU 0.500 <= 0.5'


def test_entries_and_their_order(make_video):
    videos = [make_video([], [(5, 9, 0.3, ME)], 'a'), make_video([(50, 60, MAE), (0, 10, ME)], [], 'b')]
    entries = explain_matches(videos, DEFAULT)
    assert [(e.video_id, e.name, e.class_name, e.segment, e.score) for e in entries] == [
        ('a', 'detection 1', 'ME', (5.0, 9.0), 0.3),
        ('b', 'label 1', 'ME', (0.0, 10.0), None),
        ('b', 'label 2', 'MaE', (50.0, 60.0), None),
    ]
    assert explain_matches([], DEFAULT) == []


@pytest.mark.parametrize('name', list(PROTOCOLS))
def test_outcomes_agree_with_the_counts(benchmark_videos, name):
    videos = [replace(video, part=None) for video in benchmark_videos]
    outcomes = Counter((e.name.split()[0], e.outcome) for e in explain_matches(videos, PROTOCOLS[name]))
    counts = count_videos(videos, PROTOCOLS[name])[OVERALL]
    assert outcomes['label', 'TP'] == counts.tp
    assert outcomes['label', 'FN'] == counts.fn
    # In these videos no detection finds two labels.
    assert outcomes['detection', 'FP'] == counts.fp
