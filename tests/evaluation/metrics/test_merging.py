import numpy as np
import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.dump import Dump, save_dump
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.evaluation.metrics.merging import merge_videos
from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.intervals.frame_grid import FrameGrid
from mmaction_mespot.intervals.postprocess import PostProcessing


def window(start, score=0.9, part='normal', video_id='s01_0101'):
    return {
        'video_id': video_id,
        'subject': 's01',
        'part': part,
        'fps': 30.0,
        'total_frames': 300,
        'start': start,
        'end': start + 100,
        'detections': Detections([[start + 40, start + 60]], [score], [0]),
        'truth_segments': np.array([[40.0, 60.0]]),
        'truth_labels': np.array([0.0]),
        'score_thresholds': None,
    }


def test_windows_are_grouped_by_part_and_video_and_counted_once():
    windows = [window(200), window(0), window(0), window(0, part='hard'), window(0, video_id='s01_0102')]
    videos = merge_videos(windows, PostProcessing())
    assert [(v.part, v.video_id, len(v.detections)) for v in videos] == [
        ('hard', 's01_0101', 1),
        ('normal', 's01_0101', 2),
        ('normal', 's01_0102', 1),
    ]
    assert videos[1].segments.tolist() == [[40, 60]]


def test_the_video_of_a_bad_candidate_is_named():
    with pytest.raises(MESpotError, match=r'video s01_0101: .*not finite'):
        merge_videos([window(0, score=np.nan)], PostProcessing())


def spotter_dump(path, part='normal', total_frames=300):
    metainfo = dict(classes=['MaE', 'ME'], thresholds=None, top_threshold=0.5)
    metainfo |= dict(threshold_source='given', iou_threshold=0.5, post_processing={})
    found = Detections([[44, 64], [200, 230]], [0.5, 0.8], [0, 0])
    video = VideoResult('s01_0101', 's01', part, 30.0, total_frames, np.zeros((0, 2)), np.zeros(0), found)
    save_dump(Dump(metainfo, [video]), path)
    return dict(fusion=dict(weight=0.25, dump=str(path)))


def test_fusion_with_the_dump_of_a_spotter(tmp_path):
    settings = PostProcessing.from_dict(spotter_dump(tmp_path / 'flow.json'))
    (video,) = merge_videos([window(0)], settings)
    # .75 * .9 + .25 * .5 for [40, 60) on [44, 64); .25 * .8 alone.
    assert video.detections.segments.tolist() == [[40, 60], [200, 230]]
    np.testing.assert_allclose(video.detections.scores, [0.8, 0.2])


def test_fusion_with_the_dump_of_other_videos_is_named(tmp_path):
    for options, found in ((dict(part='hard'), 'found none'), (dict(total_frames=250), 'one of 250 frames')):
        settings = PostProcessing.from_dict(spotter_dump(tmp_path / 'flow.json', **options))
        with pytest.raises(
            MESpotError, match=rf'flow\.json: expected video s01_0101 .* 300 frames, .*{found}'
        ):
            merge_videos([window(0)], settings)
    with pytest.raises(MESpotError, match="fusion needs the spotter's dump"):
        merge_videos([window(0)], PostProcessing.from_dict(dict(fusion=dict(weight=0.5))))


def test_videos_on_a_working_grid_come_back_in_their_own_frames():
    """60 frames per second seen at 30; the position after frame 100 holds it, the next one follows on."""
    frames = np.concatenate([np.arange(0, 102, 2), [100], np.arange(102, 600, 2)])
    grid = FrameGrid.from_frames(frames, 30.0, 600, 60.0)
    windows = [{**window(start), 'grid': grid} for start in (0, 100)]
    for one in windows:
        one |= dict(truth_segments=np.array([[10.0, 20.0], [60.0, 70.0]]), truth_labels=np.zeros(2))
    (video,) = merge_videos(windows, PostProcessing())
    assert (video.fps, video.total_frames) == (60, 600)
    assert video.segments.tolist() == [[20, 40], [118, 138]]
    # [40, 60) of positions begins before the held frame and ends behind it.
    assert video.detections.segments.tolist() == [[80, 118], [278, 318]]
