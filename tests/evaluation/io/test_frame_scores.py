import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.io.frame_scores import PeakRule, read_frame_scores, spot_peaks
from mmaction_mespot.intervals.detections import ME


def curve():
    scores = np.zeros(64)
    scores[20:24] = 1  # smoothed over 4 frames: 1 at frame 22 alone
    scores[40:44] = 0.5
    return scores


def test_peaks_by_hand():
    found = spot_peaks(curve(), 2)
    # 60 frames have a whole window; their mean is (4 + 2) / 60 = 0.1. The threshold 0.1 + 0.55 * 0.9 = 0.595
    # leaves the peak of height 1.
    assert found.segments.tolist() == [[20, 25]]
    assert found.scores.tolist() == pytest.approx([1.0])
    # 0.1 + 0.4 * 0.9 = 0.46 lets the second one in.
    assert spot_peaks(curve(), 2, PeakRule(0.4)).segments.tolist() == [[20, 25], [40, 45]]
    assert len(spot_peaks(np.zeros(0), 2)) == len(spot_peaks(np.zeros(4), 2)) == 0
    assert len(spot_peaks(np.zeros(30), 2)) == 0
    with pytest.raises(ValueError, match='half length of at least 1'):
        spot_peaks(curve(), 0)
    with pytest.raises(ValueError, match='1 scores that are not finite'):
        spot_peaks([0.0, np.nan], 1)
    with pytest.raises(ValueError, match=r'fraction in \[0, 1\] expected, found 2'):
        PeakRule(2)


def test_a_peak_near_the_end_of_the_video():
    scores = np.zeros(40)
    scores[:7] = 1  # smoothed over 8 frames: 7/8 at frames 3 and 4, whose windows hold all of it
    assert spot_peaks(scores, 4, PeakRule(zeros=True)).segments.tolist() == [[-1, 8]]
    assert len(spot_peaks(scores, 4)) == 0  # frame 4 is the first one with a whole window, no peak


@settings(deadline=None)
@given(st.lists(st.floats(-3, 3, width=32), max_size=60), st.integers(1, 8), st.booleans(), st.floats(0, 1))
def test_events_of_any_curve(scores, k, zeros, fraction):
    found = spot_peaks(np.array(scores), k, PeakRule(fraction, zeros))
    starts, ends = found.segments.T
    assert (ends - starts == 2 * k + 1).all() and (np.diff(starts) >= k).all()
    low, high = (-k, len(scores) + k) if zeros else (0, len(scores))
    assert (starts >= low).all() and (ends <= high).all()
    assert (found.scores <= max([*scores, 0.0][: len(scores) + zeros], default=0) + 1e-9).all()


def test_files(tmp_path):
    np.save(tmp_path / 'a.npy', curve()[:, None])
    (tmp_path / 'b.csv').write_text('score\n' + '\n'.join(map(str, curve())) + '\n')
    (tmp_path / 'c.pkl').write_bytes(pickle.dumps(curve().tolist()))
    rows = [f'd;{i};{str(score).replace(".", ",")}' for i, score in enumerate(curve())]
    (tmp_path / 'all.csv').write_text('\n'.join(['Video;Frame;Score', *rows[::-1]]))
    (tmp_path / 'e.pkl').write_bytes(pickle.dumps({'e': [[score] for score in curve().tolist()]}))
    videos = read_frame_scores(tmp_path, 2, PeakRule(), ME)
    assert [video.video for video in videos] == ['a', 'd', 'b', 'c', 'e']
    assert {str(video.detections.segments.tolist()) for video in videos} == {'[[20.0, 25.0]]'}
    assert videos[0].detections.labels.tolist() == [ME]


def test_what_is_refused(tmp_path):
    (tmp_path / 'a.pkl').write_bytes(pickle.dumps(np.zeros(3)))
    with pytest.raises(MESpotError, match=r'a\.pkl: one score per frame expected \(holds numpy'):
        read_frame_scores(tmp_path, 2)
    np.save(tmp_path / 'b.npy', np.zeros((3, 2)))
    with pytest.raises(MESpotError, match=r'b\.npy: .*shape \(3, 2\)'):
        read_frame_scores(tmp_path / 'b.npy', 2)
    with pytest.raises(MESpotError, match='files of frame scores expected'):
        read_frame_scores(tmp_path / 'none', 2)
    for text, message in (
        ('frame,value\n0,1\n', r"found the columns \['frame', 'value'\], expected score"),
        ('frame,score\n0,1\n2,1\n', 'video c: frames with gaps or twice, from 0 to 2'),
        ('frame,score\n5,1\n6,1\n', 'video c: the first frame is 5, expected 0 or 1'),
        ('score\nx\n', 'could not convert'),
    ):
        (tmp_path / 'c.csv').write_text(text)
        with pytest.raises(MESpotError, match=message):
            read_frame_scores(tmp_path / 'c.csv', 2)
