import numpy as np
import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.io.labelled_videos import LabelledVideos
from mmaction_mespot.evaluation.io.video_detections import UNKNOWN_LABEL, VideoDetections
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
    results = LabelledVideos.from_annotations([annotations()]).join([video])
    assert [len(result.detections) for result in results] == [1, 0, 0]
    assert (results[0].video_id, results[0].subject, results[0].fps) == ('s15_0101', 's15', 30)
    assert results[0].segments.tolist() == [[10, 20]]


def test_class_by_length_where_the_file_tells_none():
    rows = [(0, 15, UNKNOWN_LABEL), (0, 16, UNKNOWN_LABEL), (0, 16, ME)]
    results = LabelledVideos.from_annotations([annotations()]).join([found('s15_0102', rows)])
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
            'video s15_0101 has 500 frames, but a detection starts at frame 500',
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
