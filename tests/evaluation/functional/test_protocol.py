"""Every option of the matcher, with numbers computed by hand."""

from dataclasses import replace

import pytest

from mmaction_mespot.evaluation.functional.counts import AGNOSTIC, OVERALL, Counts, count_videos
from mmaction_mespot.evaluation.functional.length_limits import LengthLimits
from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.intervals.detections import MAE, ME


def count(make_video, truth, found, fps=30.0, **options):
    return count_videos([replace(make_video(truth, found), fps=fps)], Protocol(**options))


# Two labels that overlap; a detection that hits both (8/12 and 8/12), one that repeats the first.
OVERLAPPING = [(0, 10, MAE), (2, 12, MAE)]
HITS_BOTH = (0, 12, 0.9, MAE)


@pytest.mark.parametrize(
    ('matching', 'expected'),
    [
        ('one_to_one', Counts(1, 0, 1)),
        ('per_label', Counts(2, -1, 0)),
        ('best_per_label', Counts(2, -1, 0)),
        ('label_once', Counts(2, 0, 0)),
    ],
)
def test_a_detection_on_two_labels(make_video, matching, expected):
    counts = count(make_video, OVERLAPPING, [HITS_BOTH], matching=matching)
    assert counts['MaE'] == counts[OVERALL] == counts[AGNOSTIC] == expected


@pytest.mark.parametrize('matching', ['one_to_one', 'per_label', 'best_per_label', 'label_once'])
def test_duplicated_detections_are_false_alarms_under_every_rule(make_video, matching):
    found = [(0, 10, 0.9, MAE), (0, 10, 0.9, MAE), (0, 9, 0.5, MAE)]
    assert count(make_video, [(0, 10, MAE)], found, matching=matching)['MaE'] == Counts(1, 2, 0)


def test_two_labels_and_two_detections_in_a_chain(make_video):
    # The better detection hits both labels (8/12 each), the weaker one the second only (10/10).
    found = [(0, 12, 0.9, MAE), (2, 12, 0.5, MAE)]
    # One-to-one: the better takes the first (equal overlap, earlier), the weaker the second.
    assert count(make_video, OVERLAPPING, found)['MaE'] == Counts(2, 0, 0)
    # Label used once: the better takes both, nothing is left for the weaker.
    assert count(make_video, OVERLAPPING, found, matching='label_once')['MaE'] == Counts(2, 1, 0)
    assert count(make_video, OVERLAPPING, found, matching='per_label')['MaE'] == Counts(2, 0, 0)


def test_precision_above_one_is_what_such_a_rule_gives(make_video):
    counts = count(make_video, OVERLAPPING, [HITS_BOTH], matching='per_label')['MaE']
    assert (counts.precision, counts.recall, counts.f1) == (2.0, 1.0, 4 / 3)


@pytest.mark.parametrize(('strict', 'tp'), [(False, 1), (True, 0)])
def test_strictness_at_the_threshold(make_video, strict, tp):
    assert count(make_video, [(0, 10, MAE)], [(0, 5, 0.9, MAE)], strict=strict)['MaE'].tp == tp
    assert count(make_video, [(0, 10, MAE)], [(0, 6, 0.9, MAE)], strict=strict)['MaE'].tp == 1


def test_ends(make_video):
    # Frames 0..9 and 0..4: 5 of 10 frames; as points in time 4 of 9.
    truth, found = [(0, 10, MAE)], [(0, 5, 0.9, MAE)]
    assert count(make_video, truth, found)['MaE'].tp == 1
    assert count(make_video, truth, found, inclusive_ends=False)['MaE'].tp == 0
    # 5 of 9: enough either way.
    assert count(make_video, truth, [(0, 6, 0.9, MAE)], inclusive_ends=False)['MaE'].tp == 1
    # A single frame has no length then, so that it can't be found.
    single = count(make_video, [(4, 5, ME)], [(4, 5, 0.9, ME)], inclusive_ends=False)
    assert single['ME'] == Counts(0, 1, 1)


def test_same_class_or_not(make_video):
    truth, found = [(0, 12, ME)], [(0, 12, 0.9, MAE)]
    own = count(make_video, truth, found)
    assert (own['MaE'], own['ME'], own[OVERALL]) == (Counts(0, 1, 0), Counts(0, 0, 1), Counts(0, 1, 1))
    # The hit belongs to the label's class, the detection to its own.
    across = count(make_video, truth, found, same_class=False)
    assert (across['MaE'], across['ME']) == (Counts(0, 1, 0), Counts(1, -1, 0))
    assert across[OVERALL] == across[AGNOSTIC] == own[AGNOSTIC] == Counts(1, 0, 0)
    assert across['ME'].precision == across['ME'].f1 == 0  # no ME detection


def test_class_by_duration(make_video):
    # 16 frames: last - first = 15, ME at 30 fps; 17 frames: MaE, whatever the label says.
    truth = [(0, 16, MAE), (100, 117, ME)]
    found = [(0, 16, 0.9, MAE), (100, 117, 0.9, ME)]
    counts = count(make_video, truth, found, class_rule='by_duration')
    assert (counts['ME'], counts['MaE']) == (Counts(1, 0, 0), Counts(1, 0, 0))
    # At 200 fps an ME ends up to 100 frames after its beginning.
    counts = count(make_video, [(0, 101, MAE), (200, 302, ME)], [], 200, class_rule='by_duration')
    assert (counts['ME'].fn, counts['MaE'].fn) == (1, 1)
    # Boundaries between frames are rounded: 16.4 frames are 16.
    counts = count(make_video, [], [(0, 16.4, 0.9, MAE)], class_rule='by_duration')
    assert counts['ME'].fp == 1


LIMITS = (LengthLimits(30, (17, 7), (float('inf'), 16)), LengthLimits(200, (106, 47), (float('inf'), 105)))


@pytest.mark.parametrize(
    ('fps', 'length', 'label', 'counted'),
    [
        (30, 6, ME, 0),
        (30, 6.5, ME, 1),
        (30, 7, ME, 1),
        (30, 16, ME, 1),
        (30, 16.5, ME, 0),
        (30, 16, MAE, 0),
        (30, 17, MAE, 1),
        (30, 900, MAE, 1),
        (200, 46, ME, 0),
        (200, 47, ME, 1),
        (200, 105, ME, 1),
        (200, 105, MAE, 0),
        (200, 106, MAE, 1),
        # 100 fps is nearer to 200 than to 30 (by ratio): half of its limits, 23.5 to 52.5.
        (100, 23, ME, 0),
        (100, 24, ME, 1),
        (100, 53, ME, 0),
    ],
)
def test_length_limits(make_video, fps, length, label, counted):
    counts = count(make_video, [], [(0, length, 0.9, label)], fps, length_limits=LIMITS)
    assert counts[OVERALL].fp == counts[AGNOSTIC].fp == counted


def test_labels_have_no_length_limits(make_video):
    assert count(make_video, [(0, 5, ME)], [], length_limits=LIMITS)['ME'].fn == 1


def test_top_k_keeps_the_best_of_each_video(make_video):
    found = [(0, 10, 0.2, MAE), (50, 60, 0.9, MAE), (100, 110, 0.5, ME)]
    videos = [make_video([(0, 10, MAE)], found), make_video([(0, 10, MAE)], found[:1])]
    counts = count_videos(videos, Protocol(top_k=2))
    assert counts['MaE'] == Counts(1, 1, 1)
    assert counts['ME'] == Counts(0, 1, 0)
    # A detection of a length that does not count takes no place.
    limits = (LengthLimits(30, (5, 5), (10, 9)),)
    counts = count_videos(videos[:1], Protocol(top_k=2, length_limits=limits))
    assert counts[OVERALL] == Counts(1, 1, 0)


def test_only_videos_that_hold_the_class(make_video):
    false_alarms = [(50, 60, 0.9, MAE), (70, 80, 0.9, ME)]
    videos = [make_video([(0, 10, MAE)], false_alarms), make_video([], false_alarms)]
    counts = count_videos(videos, Protocol(videos='with_class'))
    assert (counts['MaE'], counts['ME']) == (Counts(0, 1, 1), Counts(0, 0, 0))
    assert counts[OVERALL] == counts[AGNOSTIC] == Counts(0, 1, 1)
    assert count_videos(videos, Protocol())[OVERALL] == Counts(0, 4, 1)


def test_unknown_or_wrong_options_are_named():
    for options, message in (
        ({'matching': 'greedy'}, 'matching must be one of .*greedy'),
        ({'class_rule': 'length'}, 'class_rule must be one of'),
        ({'videos': 'some'}, 'videos must be one of'),
        ({'offset_rule': 'apex+5'}, 'offset_rule must be one of'),
        ({'iou_threshold': 0}, r'iou_threshold must lie in \(0, 1\], found 0'),
        ({'top_k': 0}, 'top_k must be at least 1'),
    ):
        with pytest.raises(ValueError, match=f'protocol mine: {message}'):
            Protocol('mine', **options)
