from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from movement_streams import CROP, FPS, GAP, streams_with

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import MAE, ME
from mmaction_mespot.spotters.movement import Member, MovementScorer, MovementSpotter, without_overlaps


def iou(first: Sequence[float], second: Sequence[float]) -> float:
    inter = max(min(first[1], second[1]) - max(first[0], second[0]), 0.0)
    return inter / (first[1] - first[0] + second[1] - second[0] - inter)


@pytest.fixture(scope='module')
def spotter() -> MovementSpotter:
    return MovementSpotter()


def test_a_member_is_a_network_of_three_layers_by_hand() -> None:
    layers = (
        (np.array([[1.0, -1.0]]), np.array([0.5])),
        (np.array([[2.0]]), np.array([0.0])),
        (np.array([[3.0]]), np.array([-1.0])),
    )
    member = Member(1.0, np.array([0, 2]), np.array([1.0, 0.0]), np.array([2.0, 1.0]), layers)
    # (3 - 1) / 2 - 0 + 0.5 = 1.5; GELU(1.5) = 1.39978, twice 2.79957; GELU = 2.79241; times 3, minus 1.
    assert member.logits(np.array([[3.0, 9.0, 0.0]])) == pytest.approx([7.3772], abs=1e-3)


def test_a_large_smile_and_a_micro_expression_are_found_with_their_boundaries_and_classes(
    spotter: MovementSpotter,
) -> None:
    found = spotter.spot(streams_with([(100, 160, 0.15), (250, 262, 0.02)], 400), FPS, GAP, CROP)
    best = {label: found[found.labels == label] for label in (MAE, ME)}
    assert iou(best[MAE].segments[0], (100, 160)) > 0.5
    assert best[MAE].scores[0] > 0.3
    assert iou(best[ME].segments[0], (250, 262)) > 0.5


def test_intervals_do_not_depend_on_what_follows(spotter: MovementSpotter) -> None:
    short = spotter.spot(streams_with([(100, 160, 0.15)], 300), FPS, GAP, CROP)
    padded = spotter.spot(streams_with([(100, 160, 0.15)], 1500), FPS, GAP, CROP)
    assert iou(short.segments[0], padded.segments[0]) > 0.6
    assert short.scores[0] == pytest.approx(padded.scores[0], abs=0.15)


def test_a_still_face_and_a_single_frame_give_nothing(spotter: MovementSpotter) -> None:
    still = {name: np.repeat(value[:1], 90, 0) for name, value in streams_with([], 2).items()}
    still['flow_roi'] = np.zeros_like(still['flow_roi'])
    assert len(spotter.spot(still, FPS, GAP, CROP)) == 0
    assert len(spotter.spot({name: value[:1] for name, value in still.items()}, FPS, GAP, CROP)) == 0


def test_overlaps_are_bounded_and_scores_fall(spotter: MovementSpotter) -> None:
    found = spotter.spot(
        streams_with([(60, 100, 0.1), (105, 150, 0.1), (200, 290, 0.3)], 400), FPS, GAP, CROP
    )
    assert (np.diff(found.scores) <= 0).all() and found.scores.max() <= 1
    for i in range(len(found)):
        for j in range(i):
            low = max(found.segments[i, 0], found.segments[j, 0])
            high = min(found.segments[i, 1], found.segments[j, 1])
            shorter = min(np.ptp(found.segments[i]), np.ptp(found.segments[j]))
            assert high - low <= 0.4 * shorter + 1e-9


def test_a_small_overlap_lowers_a_score_and_a_large_one_ends_it() -> None:
    # Over the shorter one of 20 frames the second shares 4 (.2, half of the largest) with the first; the
    # third shares 10 of 20 with the first; the fourth shares nothing; the fifth is below what is reported.
    segments = np.array([[0, 40], [36, 56], [30, 50], [100, 120], [200, 220]], float)
    kept, scores = without_overlaps(segments, np.array([0.5, 0.8, 0.9, 0.3, 0.02]), 0.4)
    # The third is best: it leaves nothing of the second (14 of 20) and of the first (10 of 20).
    assert kept.tolist() == [2, 3]
    kept, scores = without_overlaps(segments[[0, 1, 3]], np.array([0.9, 0.8, 0.3]), 0.4)
    assert kept.tolist() == [0, 1, 2]
    assert scores == pytest.approx([0.9, 0.8 * np.exp(-0.25), 0.3])
    kept, _ = without_overlaps(segments[[0, 1]], np.array([0.9, 0.035]), 0.4)
    assert kept.tolist() == [0]


def test_a_file_that_is_no_scorer_is_named(tmp_path: Path) -> None:
    (tmp_path / 'a.npz').write_bytes(b'nothing')
    with pytest.raises(MESpotError, match=r'a\.npz: expected the weights of a movement scorer'):
        MovementScorer.load(tmp_path / 'a.npz')
    np.savez(tmp_path / 'b.npz', m0_keep=np.zeros(1))
    with pytest.raises(MESpotError, match=r'b\.npz'):
        MovementScorer.load(tmp_path / 'b.npz')
