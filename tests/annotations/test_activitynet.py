from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmaction_mespot.annotations.activitynet import from_entries, to_entry
from mmaction_mespot.annotations.annotation_error import AnnotationError

VIDEO = dict(
    video_id='s01_0101',
    subject='s01',
    frame_dir='rawpic/s01',
    filename_tmpl='img{:03d}.jpg',
    start_index=1,
    total_frames=300,
    fps=30.0,
    size=[64, 48],
    instances=[dict(segment=[90, 120], label=0), dict(segment=[150, 162], label=1)],
)


def test_a_whole_video() -> None:
    name, entry = to_entry(VIDEO, 'normal')
    assert name == 'v_s01_0101'
    assert (entry['duration_second'], entry['duration_frame'], entry['feature_frame']) == (10.0, 300, 300)
    assert entry['annotations'] == [
        dict(segment=[3.0, 4.0], label='MaE'),
        dict(segment=[5.0, 5.4], label='ME'),
    ]
    assert (entry['subject'], entry['part'], entry['window_start']) == ('s01', 'normal', 0.0)


def test_a_window_counts_seconds_from_its_start() -> None:
    name, entry = to_entry(VIDEO, None, window=(60.0, 45.0))
    assert name == 'v_s01_0101_000060'
    assert (entry['duration_second'], entry['duration_frame']) == (1.5, 45)
    # half of the first event is seen: frames 90 to 105 of the video
    assert entry['annotations'] == [dict(segment=[1.0, 1.5], label='MaE')]
    assert to_entry(VIDEO, None, window=(60.0, 44.0))[1]['annotations'] == []
    assert entry['video_segments'] == [[90, 120], [150, 162]] and entry['total_frames'] == 300


def test_there_and_back() -> None:
    whole = dict([to_entry(VIDEO, None)])
    windows = dict(to_entry(VIDEO, None, window=(start, 64.0)) for start in (0.0, 32.0, 236.0))
    assert from_entries(whole, 'x') == from_entries(windows, 'x') == [VIDEO]


@given(
    st.integers(1, 20_000).flatmap(
        lambda total: st.tuples(
            st.just(total), st.integers(0, total - 1), st.integers(1, total), st.floats(5, 250)
        )
    )
)
def test_back_from_seconds_alone(drawn: tuple[int, int, int, float]) -> None:
    total, start, length, fps = drawn
    segment = [start, min(start + length, total)]
    video = dict(VIDEO, total_frames=total, fps=fps, instances=[dict(segment=segment, label=1)])
    name, entry = to_entry(video, None)
    bare = {key: entry[key] for key in ('duration_second', 'duration_frame', 'annotations', 'fps')}
    (back,) = from_entries({name: bare}, 'x', size=(64, 48))
    assert back['instances'] == [dict(segment=segment, label=1)]
    assert (back['video'], back['subject'], back['size']) == ('v_s01_0101.mp4', 's01_0101', [64, 48])


def test_foreign_entries_are_named() -> None:
    entry = dict(
        duration_second=10.0,
        duration_frame=300,
        size=[1, 1],
        annotations=[dict(segment=[1, 2], label='Rock climbing')],
    )
    with pytest.raises(AnnotationError, match=r"v_a: label 'Rock climbing', expected one of \('MaE', 'ME'\)"):
        from_entries(dict(v_a=entry), 'anet.json')
    with pytest.raises(AnnotationError, match=r'v_b: lacks duration_frame, annotations, size \(or give one'):
        from_entries(dict(v_b=dict(duration_second=1.0)), 'anet.json')
