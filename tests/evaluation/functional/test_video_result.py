import pytest


def test_labels_and_intervals_are_checked(make_video):
    with pytest.raises(
        ValueError, match=r'video s01_0101: labels of the ground truth must be 0\.\.1, found \[2\]'
    ):
        make_video([(0, 10, 2)])
    with pytest.raises(ValueError, match='labels of the detections'):
        make_video([], [(0, 10, 0.5, -1)])
    with pytest.raises(ValueError, match='ends before it starts'):
        make_video([(10, 10, 0)])


def test_thresholds_select_the_detections(make_video):
    video = make_video([], [(0, 10, 0.5, 0), (0, 10, 0.4, 0), (0, 5, 0.4, 1), (20, 30, 0.3, 1)])
    assert video.with_thresholds((0.5, 0.4)).detections.scores.tolist() == [0.5, 0.4]
    assert video.with_top_threshold(0.25).detections.scores.tolist() == [0.5]
