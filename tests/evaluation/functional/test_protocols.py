"""The presets: one small set of videos, counted by hand under each of them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmaction_mespot.evaluation.functional.counts import (
    AGNOSTIC,
    COUNTED_NAMES,
    OVERALL,
    Counts,
    count_array,
    count_by_subject,
    count_videos,
)
from mmaction_mespot.evaluation.functional.protocols import DEFAULT, PROTOCOLS, as_protocol, get_protocol
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES, MAE, ME, Detections


def example(make_video):
    """Two subjects; the second video holds no event."""
    return [
        make_video(
            [(0, 40, MAE), (100, 112, ME), (200, 216, MAE), (300, 340, MAE), (310, 350, MAE)],
            [
                (0, 20, 0.9, MAE),  # IoU 0.5 exactly; as points in time 19/39
                (0, 36, 0.8, MAE),  # a second one on the same label, better placed
                (100, 106, 0.7, ME),  # IoU 0.5 exactly, but 6 frames only
                (200, 216, 0.6, ME),  # a MaE of 16 frames, called ME
                (300, 350, 0.5, MAE),  # on two labels, 40/50 each
            ],
            's01_0101',
            's01',
        ),
        make_video([], [(10, 60, 0.95, MAE), (70, 80, 0.4, ME)], 's02_0101', 's02'),
    ]


@pytest.mark.parametrize(
    ('name', 'mae', 'me', 'overall'),
    [
        # MaE: .9 hits, .8 repeats, .5 hits one of its two labels, .95 is false.
        # ME: .7 hits, .6 and .4 are false.
        ('default', Counts(2, 2, 2), Counts(1, 2, 0), Counts(3, 4, 2)),
        # MaE: three labels found by 4 detections. ME: .7 is too short to count, the other two are false.
        ('megc2020', Counts(3, 1, 1), Counts(0, 2, 1), Counts(3, 3, 2)),
        # As default, without the detections of the second video.
        ('softnet', Counts(2, 1, 2), Counts(1, 1, 0), Counts(3, 2, 2)),
        # By duration [200, 216) is an ME; MaE 3 of 3 by 4 detections; ME 2 of 2 by 3.
        ('lgsnet', Counts(3, 1, 0), Counts(2, 1, 0), Counts(5, 2, 0)),
        # The two at exactly 0.5 do not hit: as points in time 19/39 and 5/11; .8 and .5 find three labels.
        ('auwgcn', Counts(3, 1, 1), Counts(0, 3, 1), Counts(3, 4, 2)),
        # Every label is found, [200, 216) by an ME; MaE have 4 detections, ME 3.
        ('offd', Counts(4, 0, 0), Counts(1, 2, 0), Counts(5, 2, 0)),
        # By duration [200, 216) is an ME for label and detection; else as offd.
        ('zhao2022', Counts(3, 1, 0), Counts(2, 1, 0), Counts(5, 2, 0)),
        # .9 takes the first label, .8 finds it taken, .5 takes two: false are .8 and .95.
        ('strs', Counts(3, 2, 1), Counts(1, 2, 0), Counts(4, 4, 1)),
    ],
)
def test_counts_of_every_preset_by_hand(make_video, name, mae, me, overall):
    counts = count_videos(example(make_video), PROTOCOLS[name])
    assert (counts['MaE'], counts['ME'], counts[OVERALL]) == (mae, me, overall)


def test_agnostic_counts_by_hand(make_video):
    # The ME called [200, 216) is right if the class does not matter.
    videos = example(make_video)
    assert count_videos(videos)[AGNOSTIC] == Counts(4, 3, 1)
    assert count_videos(videos, PROTOCOLS['softnet'])[AGNOSTIC] == Counts(4, 1, 1)
    assert count_videos(videos, PROTOCOLS['lgsnet'])[AGNOSTIC] == Counts(5, 2, 0)


def test_counts_by_video_and_subject_add_up(make_video):
    videos = example(make_video)
    assert count_array(videos).shape == (2, 4, 3)
    assert count_by_subject(videos)['s02'][OVERALL] == Counts(0, 2, 0)
    total = sum((c[OVERALL] for c in count_by_subject(videos).values()), Counts())
    assert total == count_videos(videos)[OVERALL]


def test_only_the_best_14_of_a_video_count_for_lgsnet(make_video):
    found = [(50 * i, 50 * i + 20, 0.5 + i / 100, MAE) for i in range(20)]
    assert count_videos([make_video([], found)], PROTOCOLS['lgsnet'])[OVERALL].fp == 14


def test_what_each_preset_expects_of_the_labels():
    rules = {name: protocol.offset_rule for name, protocol in PROTOCOLS.items()}
    assert rules == {
        'default': 'apex',
        'megc2020': 'apex',
        'softnet': 'apex',
        'lgsnet': 'apex+20-all',
        'auwgcn': 'zero',
        'offd': 'apex',
        'zhao2022': 'apex',
        'strs': 'apex',
    }
    assert all(protocol.source for protocol in PROTOCOLS.values())
    assert [PROTOCOLS[name].iou_text for name in ('default', 'auwgcn')] == ['IoU >= 0.5', 'IoU > 0.5']


def test_look_up():
    assert get_protocol('strs') is PROTOCOLS['strs']
    with pytest.raises(ValueError, match="protocol 'megc' is unknown, expected one of default, megc2020"):
        get_protocol('megc')
    assert as_protocol(0.3) == replace(DEFAULT, iou_threshold=0.3)
    assert as_protocol(DEFAULT) is DEFAULT


rows = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30), st.integers(0, 1)), max_size=6)
scored = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 30), st.integers(0, 1), st.integers(0, 4)), max_size=20
)
drawn_videos = st.lists(st.tuples(rows, scored), min_size=1, max_size=3)


def build(drawn, shift=0, prefix='v'):
    videos = []
    for number, (truth, found) in enumerate(drawn):
        truth = np.array(truth, dtype=np.float64).reshape(-1, 3)
        found = np.array(found, dtype=np.float64).reshape(-1, 4)
        segments = np.stack([found[:, 0], found[:, 0] + found[:, 1]], axis=1) + shift
        videos.append(
            VideoResult(
                f'{prefix}{number}',
                f's{number % 2}',
                None,
                30,
                200,
                np.stack([truth[:, 0], truth[:, 0] + truth[:, 1]], axis=1) + shift,
                truth[:, 2],
                Detections(segments, found[:, 3] / 4, found[:, 2]),
            )
        )
    return videos


@settings(deadline=None, max_examples=60)
@given(drawn_videos)
def test_one_to_one_finds_no_more_than_the_other_rules(drawn):
    videos = build(drawn)
    one = count_videos(videos)
    for matching in ('per_label', 'best_per_label', 'label_once'):
        many = count_videos(videos, replace(DEFAULT, matching=matching))
        assert all(one[name].tp <= many[name].tp for name in COUNTED_NAMES)
    detections = sum(len(video.detections) for video in videos)
    labels = sum(len(video.labels) for video in videos)
    for name in (OVERALL, AGNOSTIC):
        assert one[name].tp + one[name].fn == labels
        assert one[name].tp + one[name].fp == detections


@settings(deadline=None, max_examples=40)
@given(
    drawn_videos, st.randoms(use_true_random=False), st.integers(-50, 5000), st.sampled_from(list(PROTOCOLS))
)
def test_no_preset_depends_on_order_place_or_names(drawn, random, shift, name):
    counts = count_videos(build(drawn), PROTOCOLS[name])
    shuffled = [(random.sample(t, len(t)), random.sample(f, len(f))) for t, f in drawn]
    random.shuffle(shuffled)
    assert count_videos(build(shuffled, shift, 'renamed'), PROTOCOLS[name]) == counts


@settings(deadline=None, max_examples=40)
@given(drawn_videos)
def test_a_perfect_detector_gets_one(drawn):
    for video in build(drawn):
        perfect = replace(
            video, detections=Detections(video.segments, np.ones(len(video.labels)), video.labels)
        )
        for name in ('default', 'softnet', 'lgsnet'):
            counts = count_videos([perfect], PROTOCOLS[name])[OVERALL]
            assert counts == Counts(len(video.labels), 0, 0)
            assert counts.f1 == (1 if len(video.labels) else 0)


@settings(deadline=None, max_examples=60)
@given(drawn_videos)
def test_the_matcher_equals_a_plain_double_loop(drawn):
    videos = build(drawn)
    for label, name in enumerate(CLASSES):
        tp = 0
        for video in videos:
            tp += plain_one_to_one(video, label)
        assert count_videos(videos)[name].tp == tp


def plain_one_to_one(video, label):
    """The default protocol as one would write it first."""
    found = [
        (-score, start, end)
        for (start, end), score, own in zip(
            video.detections.segments, video.detections.scores, video.detections.labels, strict=True
        )
        if own == label
    ]
    free = sorted(tuple(s) for s, own in zip(video.segments, video.labels, strict=True) if own == label)
    hits = 0
    for _, start, end in sorted(found):
        best = None
        for truth in free:
            shared = min(end, truth[1]) - max(start, truth[0])
            iou = shared / (end - start + truth[1] - truth[0] - shared) if shared > 0 else 0
            if iou >= 0.5 and (best is None or iou > best[0]):
                best = (iou, truth)
        if best is not None:
            free.remove(best[1])
            hits += 1
    return hits


def test_lgsnet_floors_boundaries(make_video):
    # 19 of 40 frames as it stands at [0.9, 20.6); from [0, 20) on 20 of 40.
    video = make_video([(0, 40, MAE)], [(0.9, 20.6, 0.9, MAE)])
    assert count_videos([video], PROTOCOLS['lgsnet'])[OVERALL] == Counts(1, 0, 0)
    unfloored = replace(PROTOCOLS['lgsnet'], floor_ends=False)
    assert count_videos([video], unfloored)[OVERALL] == Counts(0, 1, 1)
    assert 'boundaries floored' in PROTOCOLS['lgsnet'].options_text


def test_auwgcn_never_hits_a_label_of_one_frame(make_video):
    # A label with offset 0 is read as its onset frame alone.
    video = make_video([(10, 11, MAE)], [(10, 11, 0.9, MAE), (5, 15, 0.8, MAE)])
    assert count_videos([video], PROTOCOLS['auwgcn'])['MaE'] == Counts(0, 2, 1)
    assert count_videos([video], DEFAULT)['MaE'] == Counts(1, 1, 0)
