import numpy as np

from mmaction_mespot.evaluation.functional.event_table import (
    Status,
    build_event_table,
    rank_detections,
    whole_frames,
)
from mmaction_mespot.evaluation.functional.length_limits import LengthLimits
from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.intervals.detections import MAE, ME


def test_videos_are_laid_out_flat(make_video):
    videos = [
        make_video([(0, 10, MAE)], []),
        make_video(),
        make_video([], [(5, 9, 0.5, ME), (1, 4, 0.7, MAE)]),
    ]
    table = build_event_table(videos, Protocol())
    assert table.videos == 3
    assert (table.truth_video.tolist(), table.found_video.tolist()) == ([0], [2, 2])
    assert table.found_segments.tolist() == [[5, 9], [1, 4]]
    assert table.found_labels.tolist() == [ME, MAE]
    assert table.counted.all()
    assert build_event_table([], Protocol()).videos == 0


def test_the_first_reason_stands(make_video):
    # Too long, the two best of the rest, one too many, and those that fit a class the video lacks.
    found = [(0, 50, 0.9, MAE), (0, 10, 0.8, MAE), (0, 12, 0.7, ME), (0, 14, 0.6, MAE)]
    limits = (LengthLimits(30, (5, 5), (20, 20)),)
    protocol = Protocol(length_limits=limits, top_k=2, videos='with_class')
    table = build_event_table([make_video([(0, 10, MAE)], found)], protocol)
    expected = [Status.LENGTH, Status.COUNTED, Status.VIDEO_WITHOUT_CLASS, Status.BEYOND_TOP_K]
    assert table.found_status.tolist() == expected


def test_rank_does_not_depend_on_the_order():
    segments = np.array([[5, 9], [1, 4], [1, 3], [1, 4]], dtype=float)
    scores, labels = np.array([0.5, 0.5, 0.5, 0.9]), np.array([0, 1, 0, 0])
    assert rank_detections(segments, scores, labels).tolist() == [3, 2, 1, 0]
    turned = rank_detections(segments[::-1], scores[::-1], labels[::-1])
    assert turned[::-1].tolist() == [3, 2, 1, 0]


def test_lengths_are_rounded_half_up():
    assert whole_frames(np.array([[0, 6.4], [0, 6.5], [0, 7.5]])).tolist() == [6, 7, 8]
