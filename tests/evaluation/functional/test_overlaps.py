import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mmaction_mespot.evaluation.functional.event_table import build_event_table
from mmaction_mespot.evaluation.functional.overlaps import overlapping_pairs
from mmaction_mespot.evaluation.functional.protocols import DEFAULT
from mmaction_mespot.intervals.iou import segment_iou

interval = st.tuples(st.floats(-1000, 1000), st.floats(0.01, 500))
videos_strategy = st.lists(
    st.tuples(st.lists(interval, max_size=6), st.lists(interval, max_size=6)), min_size=1, max_size=4
)


@settings(deadline=None, max_examples=60)
@given(videos_strategy)
def test_all_pairs_of_a_video_that_overlap_and_no_others(make_video_module, drawn):
    videos = [
        make_video_module(
            [(s, s + length, 0) for s, length in truth], [(s, s + length, 0.5, 0) for s, length in found]
        )
        for truth, found in drawn
    ]
    table = build_event_table(videos, DEFAULT)
    rows, columns, iou = overlapping_pairs(table)
    sparse = np.zeros((len(table.found_labels), len(table.truth_labels)))
    sparse[rows, columns] = iou
    dense = segment_iou(table.found_segments, table.truth_segments)
    dense[table.found_video[:, None] != table.truth_video] = 0
    assert len(rows) == np.count_nonzero(sparse)
    np.testing.assert_allclose(sparse, dense, atol=1e-9)


def test_iou_is_exact_on_whole_frames(make_video):
    table = build_event_table([make_video([(0, 20, 0)], [(0, 7, 0.9, 0)])], DEFAULT)
    assert overlapping_pairs(table)[2].tolist() == [7 / 20]


def test_intervals_that_touch_do_not_overlap(make_video):
    table = build_event_table([make_video([(10, 20, 0)], [(0, 10, 0.9, 0), (20, 30, 0.9, 0)])], DEFAULT)
    assert len(overlapping_pairs(table)[0]) == 0
    # Without its last frame [0, 11) ends where [10, 20) begins.
    table = build_event_table([make_video([(10, 20, 0)], [(0, 11, 0.9, 0)])], DEFAULT)
    assert len(overlapping_pairs(table)[0]) == 1
    assert len(overlapping_pairs(table, inclusive_ends=False)[0]) == 0
