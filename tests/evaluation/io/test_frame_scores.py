import pickle

import numpy as np
import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.io.frame_scores import read_frame_scores, spot_peaks
from mmaction_mespot.intervals.detections import ME


def curve():
    scores = np.zeros(60)
    scores[20:24] = 1  # smoothed over 4 frames: 1 at frame 22 alone
    scores[40:44] = 0.5
    return scores


def test_peaks_by_hand():
    found = spot_peaks(curve(), 2, 0.55)
    # Mean (4 + 2) / 60 = 0.1; the threshold 0.1 + 0.55 * 0.9 = 0.595 leaves the peak of height 1.
    assert found.segments.tolist() == [[20, 25]]
    assert found.scores.tolist() == pytest.approx([1.0])
    # 0.1 + 0.4 * 0.9 = 0.46 lets the second one in.
    assert spot_peaks(curve(), 2, 0.4).segments.tolist() == [[20, 25], [40, 45]]
    assert len(spot_peaks(np.zeros(0), 2)) == 0
    assert len(spot_peaks(np.zeros(30), 2)) == 0
    with pytest.raises(ValueError, match='half length of at least 1'):
        spot_peaks(curve(), 0)


def test_files(tmp_path):
    np.save(tmp_path / 'a.npy', curve())
    (tmp_path / 'b.csv').write_text('score\n' + '\n'.join(map(str, curve())) + '\n')
    (tmp_path / 'c.pkl').write_bytes(pickle.dumps(curve().tolist()))
    videos = read_frame_scores(tmp_path, 2, 0.55, ME)
    assert [video.video for video in videos] == ['a', 'b', 'c']
    assert {str(video.detections.segments.tolist()) for video in videos} == {'[[20.0, 25.0]]'}
    assert videos[0].detections.labels.tolist() == [ME]


def test_what_is_refused(tmp_path):
    (tmp_path / 'a.pkl').write_bytes(pickle.dumps(np.zeros(3)))
    with pytest.raises(MESpotError, match=r'a\.pkl: one score per frame expected \(holds numpy'):
        read_frame_scores(tmp_path, 2, 0.5)
    np.save(tmp_path / 'b.npy', np.zeros((3, 2)))
    with pytest.raises(MESpotError, match=r'b\.npy: .*shape \(3, 2\)'):
        read_frame_scores(tmp_path / 'b.npy', 2, 0.5)
    with pytest.raises(MESpotError, match='files of frame scores expected'):
        read_frame_scores(tmp_path / 'none', 2, 0.5)
