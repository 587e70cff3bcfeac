import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.io.csv_layout import UNKNOWN_LABEL, VideoDetections
from mmaction_mespot.evaluation.io.labelled_videos import VIDEO_NAME_RULES, LabelledVideos
from mmaction_mespot.intervals.detections import MAE, ME, Detections


def annotations(part=None):
    def entry(video_id, subject, folder, instances):
        return {
            'video_id': video_id,
            'subject': subject,
            'frame_dir': f'rawpic/{subject}/{folder}',
            'fps': 30,
            'total_frames': 500,
            'instances': instances,
        }

    first = [{'segment': [10, 20], 'label': ME}]
    return {
        'metainfo': {'part': part},
        'data_list': [
            entry('s15_0101', 's15', '15_0101disgustingteeth', first),
            entry('s15_0102', 's15', '15_0102eatingworms', []),
            entry('s16_0101', 's16', '16_0101disgustingteeth', []),
        ],
    }


def found(video, rows=((10, 20, ME),), **names):
    table = np.array(rows, dtype=float).reshape(-1, 3)
    detections = Detections(table[:, :2], np.ones(len(table)), table[:, 2])
    return VideoDetections(video, detections, 'a.csv, row 2', **names)


@pytest.mark.parametrize(
    'video',
    [
        found('s15_0101'),
        found('15_0101'),
        found('15_0101disgustingteeth'),
        found('0101', subject='s15'),
        found('0101', subject='15'),
        found('s15_0101', subject='s15'),
    ],
)
def test_names_of_a_video(video):
    results = LabelledVideos.from_annotations([annotations()]).join([video]).videos
    assert [len(result.detections) for result in results] == [1, 0, 0]
    assert (results[0].video_id, results[0].subject, results[0].fps) == ('s15_0101', 's15', 30)
    assert results[0].segments.tolist() == [[10, 20]]


def test_class_by_length_where_the_file_tells_none():
    rows = [(0, 15, UNKNOWN_LABEL), (0, 16, UNKNOWN_LABEL), (0, 16, ME)]
    results = LabelledVideos.from_annotations([annotations()]).join([found('s15_0102', rows)]).videos
    assert results[1].detections.labels.tolist() == [ME, MAE, ME]


def test_subjects():
    labelled = LabelledVideos.from_annotations([annotations()], ['s16'])
    assert [entry['video_id'] for entry in labelled.entries] == ['s16_0101']
    with pytest.raises(MESpotError, match='hold no video of the subjects'):
        LabelledVideos.from_annotations([annotations()], ['s99'])


@pytest.mark.parametrize(
    ('video', 'message'),
    [
        (found('15_0103'), r"a\.csv, row 2: video '15_0103' is not in the annotations, .* such as .*15_0101"),
        (found('0101'), "video '0101' is not in the annotations"),
        (found('s15_0101', subject='s16'), "video 's15_0101' of 's16' is not in the annotations"),
        (
            found('s15_0101', [(500, 510, ME)]),
            r'detection 500 to 510, expected frames 0 to 499 of video s15_0101 \(--outside',
        ),
    ],
)
def test_what_does_not_belong_is_named(video, message):
    with pytest.raises(MESpotError, match=message):
        LabelledVideos.from_annotations([annotations()]).join([video])


def test_a_name_in_two_parts():
    labelled = LabelledVideos.from_annotations([annotations('normal'), annotations('hard')])
    with pytest.raises(MESpotError, match='may be any of s15_0101 of part normal, s15_0101 of part hard'):
        labelled.join([found('s15_0101')])


OUT = [(-2, 10, ME), (5, 20, ME), (490, 502, MAE), (500, 510, ME), (-5, 0, ME)]


def test_detections_outside_are_all_listed():
    labelled = LabelledVideos.from_annotations([annotations()])
    places = tuple(f'a.csv, row {i + 2}: onset {row[0] + 1}, offset {row[1]}' for i, row in enumerate(OUT))
    video = found('s15_0101', OUT, places=places, first_frame=1, inclusive=True)
    with pytest.raises(MESpotError) as raised:
        labelled.join([video, found('nobody')])
    lines = str(raised.value).splitlines()
    assert lines[0] == 'a.csv: 5 problems'
    assert lines[-1].endswith(
        'onset -4, offset 0, expected frames 1 to 500 of video s15_0101 (--outside clip, drop or keep)'
    )
    assert [i + 2 for i in (0, 2, 3, 4)] == [int(line.split('row ')[1][0]) for line in lines[2:]]


@pytest.mark.parametrize(
    ('rule', 'segments'),
    [
        ('clip', [[0, 10], [5, 20], [490, 500]]),
        ('drop', [[5, 20]]),
        ('keep', [list(row[:2]) for row in OUT]),
    ],
)
def test_rules_for_detections_outside(rule, segments):
    joined = LabelledVideos.from_annotations([annotations()]).join([found('s15_0101', OUT)], rule)
    assert joined.videos[0].detections.segments.tolist() == segments
    assert joined.outside == 4


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(-20, 520), st.integers(1, 60)), max_size=12))
def test_what_is_cut_lies_inside(rows):
    labelled = LabelledVideos.from_annotations([annotations()])
    video = found('s15_0101', [(start, start + length, ME) for start, length in rows])
    cut, dropped, kept = (labelled.join([video], rule) for rule in ('clip', 'drop', 'keep'))
    assert cut.outside == dropped.outside == kept.outside
    assert len(kept.videos[0].detections) == len(rows)
    assert len(dropped.videos[0].detections) == len(rows) - cut.outside
    for one in (cut, dropped):
        segments = one.videos[0].detections.segments
        assert (segments >= 0).all() and (segments <= 500).all() and (segments[:, 0] < segments[:, 1]).all()


def test_paths_as_names():
    labelled = LabelledVideos.from_annotations([annotations()])
    path = found('s15/15_0101disgustingteeth')
    with pytest.raises(MESpotError, match="but '15_0101disgustingteeth' is: --video-name last"):
        labelled.join([path])
    assert len(labelled.join([path], video_name='last').videos[0].detections) == 1
    for name, rule in (('s15/15_0101.mp4', 'stem'), ('15_0101_pred', '(.+)_pred'), ('c\\15_0101', 'last')):
        assert len(labelled.join([found(name)], video_name=rule).videos[0].detections) == 1
    with pytest.raises(MESpotError, match=r'--video-name stem'):
        labelled.join([found('s15/15_0101.mp4')])
    for wrong in ('(', 'name'):
        with pytest.raises(MESpotError, match='video name: found'):
            labelled.join([path], video_name=wrong)
    # Two entries of one video are pooled.
    assert len(labelled.join([found('s15_0101'), found('15_0101')]).videos[0].detections) == 2


def test_folders_of_casme2_without_frames():
    rule = VIDEO_NAME_RULES['casme2']
    assert rule('s15/15_0101disgustingteeth') == rule('15_0101') == '15_0101'
    assert rule('a/006_1') == '006_1' and rule('15_01012') == '15_01012'
    entry = {'video_id': 's15_0101', 'subject': 's15', 'fps': 30, 'instances': []}
    known = LabelledVideos([entry], [None])
    found = [VideoDetections('s15/15_0101disgustingteeth', Detections.empty(), 'a.txt, row 1')]
    with pytest.raises(MESpotError, match="but '15_0101' is: --video-name casme2"):
        known.join(found)
    assert known.join(found, video_name='casme2').videos[0].video_id == 's15_0101'


def test_videos_that_no_label_names():
    entries = [{'video_id': f's{i}_0101', 'subject': f's{i}', 'fps': 30, 'instances': []} for i in (1, 15)]
    known = LabelledVideos(entries, [None, None])
    found = [
        VideoDetections(name, Detections(np.array([[0, 9]]), np.ones(1), np.zeros(1)), f'{name}.txt, row 1')
        for name in ('15_0502', 's1_0203', 'other')
    ]
    joined = known.join(found, unlisted='empty')
    people = [(video.video_id, video.subject, len(video.detections)) for video in joined.videos[2:]]
    assert people == [('15_0502', 's15', 1), ('s1_0203', 's1', 1), ('other', 'other', 1)]
    assert joined.unlisted == ('15_0502', 's1_0203', 'other')
    dropped = known.join(found, unlisted='drop')
    assert len(dropped.videos) == 2 and dropped.unlisted == joined.unlisted
    with pytest.raises(MESpotError, match=r'3 problems(?s:.*)--unlisted empty or drop'):
        known.join(found)
    with pytest.raises(MESpotError, match="unlisted: found 'x', expected one of error, empty, drop"):
        known.join(found, unlisted='x')
    other = LabelledVideos([entries[0], {**entries[1], 'fps': 200}], [None, None])
    with pytest.raises(
        MESpotError, match=r'frame rates \[30, 200\], expected one that videos such as 15_0502'
    ):
        other.join(found, unlisted='empty')
