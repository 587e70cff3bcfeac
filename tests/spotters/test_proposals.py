from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import Detections, Proposals, WindowCandidates
from mmaction_mespot.intervals.postprocess import PostProcessing, merge_windows
from mmaction_mespot.spotters.movement import best_movements
from mmaction_mespot.spotters.proposals import (
    FaceProposals,
    Origin,
    VideoProposals,
    best_proposals,
    choice_of,
    joined,
    plain_features,
    take_all,
)


def window(start: float, end: float, segments: list, scores: list) -> WindowCandidates:
    found = Detections(np.array(segments), np.array(scores), np.zeros(len(scores)))
    features = np.arange(2.0 * len(scores)).reshape(-1, 2)
    return WindowCandidates(best_movements(found), start, end, Proposals(found, features))


WINDOWS = [
    window(0, 60, [[5, 25], [8, 26], [40, 55]], [0.5, 0.9, 0.4]),
    window(30, 90, [[41, 56], [60, 75], [80, 85]], [0.6, 0.3, 0.001]),
]


def face() -> FaceProposals:
    return FaceProposals.of_windows([(w.start, w.end, best_proposals(w, 30.0)) for w in WINDOWS])


def video() -> VideoProposals:
    times = np.arange(90) / 30
    return VideoProposals(
        Origin('movement', None, 'ab'), 30.0, times, np.arange(90), PostProcessing(), [face()]
    )


def test_the_best_proposals_are_kept() -> None:
    kept = best_proposals(WINDOWS[1], 30.0)
    assert kept.detections.scores.tolist() == [0.6, 0.3]  # .001 is too low
    assert kept.features.tolist() == [[0, 1], [2, 3]]
    many = np.linspace(0.01, 0.99, 40)
    full = WindowCandidates(Detections(np.tile([0, 20], (40, 1)), many, np.zeros(40)), 0, 60)
    assert len(best_proposals(full, 30.0).detections) == 16  # 8 per second for 2 s


def test_an_interval_tells_its_length_and_class() -> None:
    found = Detections([[0, 30], [0, 15]], [0.5, 0.5], [0, 1])
    assert plain_features(found, 30.0) == pytest.approx(
        np.array([[0, 0, 0], [np.log(0.5), np.log(0.5) ** 2, 1]])
    )
    told = best_proposals(WindowCandidates(found, 0, 60), 30.0)
    assert told.features.shape == (2, 3)


def test_with_its_own_scores_the_spotter_finds_what_it_found() -> None:
    expected = merge_windows(WINDOWS, 30.0, 90, PostProcessing())
    one = face()
    found = one.merged(one.detections.scores, best_movements, 30.0, 90, PostProcessing())
    assert found.segments.tolist() == expected.segments.tolist() == [[8, 26], [41, 56], [60, 75]]
    assert found.scores == pytest.approx(expected.scores)


def test_other_scores_choose_others() -> None:
    one = face()
    scores = np.where(one.detections.segments[:, 0] == 5, 0.95, one.detections.scores)
    found = one.merged(scores, best_movements, 30.0, 90, PostProcessing())
    assert found.segments[0].tolist() == [5, 25]
    assert choice_of(Origin('movement')) is best_movements and choice_of(Origin('flow')) is take_all


def test_written_and_read(tmp_path: Path) -> None:
    both = joined([video(), video()])
    both.write(tmp_path / 'p.npz')
    read = VideoProposals.read(tmp_path / 'p.npz')
    assert read.origin == Origin('movement', None, 'ab') and read.fps == 30 and len(read.faces) == 2
    assert read.post_processing == PostProcessing()
    for one, two in zip(read.faces, both.faces, strict=True):
        assert one.owner.tolist() == two.owner.tolist() == [0, 0, 0, 1, 1]
        assert one.features.tolist() == two.features.tolist()
        assert one.detections.segments.tolist() == two.detections.segments.tolist()


def test_a_video_without_any_proposal(tmp_path: Path) -> None:
    empty = FaceProposals.of_windows([])
    VideoProposals(Origin('flow'), 30.0, np.zeros(0), np.zeros(0, int), PostProcessing(), [empty]).write(
        tmp_path / 'p.npz'
    )
    (read,) = VideoProposals.read(tmp_path / 'p.npz').faces
    assert read.features.shape == (0, 3)
    assert len(read.merged(np.zeros(0), take_all, 30.0, 0, PostProcessing())) == 0


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(MESpotError, match=r'p\.npz: no such file; tools/spot\.py --redo makes it'):
        VideoProposals.read(tmp_path / 'p.npz')
    (tmp_path / 'p.npz').write_bytes(b'nothing')
    with pytest.raises(MESpotError, match='expected the proposals of'):
        VideoProposals.read(tmp_path / 'p.npz')
    np.savez(tmp_path / 'p.npz', about=np.array('{"format": "other", "version": 1}'))
    with pytest.raises(MESpotError, match="format 'other'"):
        VideoProposals.read(tmp_path / 'p.npz')
    whole = video()
    whole.write(tmp_path / 'p.npz')
    with np.load(tmp_path / 'p.npz') as data:
        arrays = dict(data)
    arrays['face0_owner'] = arrays['face0_owner'] + 2
    np.savez(tmp_path / 'p.npz', **arrays)
    with pytest.raises(MESpotError, match='5 proposals, 5 windows of them'):
        VideoProposals.read(tmp_path / 'p.npz')
