from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmaction_mespot.intervals.detections import MAE, ME
from mmaction_mespot.spotters.movement import MovementScorer
from mmaction_mespot.spotters.movement_candidates import MovementTraces, propose
from mmaction_mespot.spotters.movement_training import (
    COARSE_COLUMNS,
    TrainingVideo,
    fit_scorer,
    training_video,
)


def traces_with_a_bump(start: int, end: int, frames: int = 200) -> MovementTraces:
    at = np.arange(frames + 1)
    third = (end - start) / 3
    arrays = [np.zeros((frames + 1, count, 2)) for count in (14, 13, 1, 1)]
    arrays[0][:, 10:12, 0] = (
        0.1 * np.clip(np.minimum((at - start) / third, (end - at) / third), 0, 1)[:, None]
    )
    return MovementTraces(*arrays, closed=np.zeros(frames, bool), fps=30.0)


@pytest.mark.parametrize(('label', 'factor'), [(MAE, 1.0), (ME, 0.6)])
def test_a_target_is_the_overlap_with_a_label_less_where_the_class_does_not_fit(
    label: int, factor: float
) -> None:
    traces = traces_with_a_bump(60, 120)
    candidates, _ = propose(traces)
    video = training_video(traces, np.array([[60.0, 120.0]]), np.array([label]))
    inter = np.minimum(candidates[:, 1], 120) - np.maximum(candidates[:, 0], 60)
    iou = np.maximum(inter, 0) / (np.ptp(candidates, axis=1) + 60 - np.maximum(inter, 0))
    long = np.ptp(candidates, axis=1) > 0.53 * 30
    expected = np.clip((iou[long] * factor - 0.3) / 0.6, 0, 1)
    np.testing.assert_allclose(video.targets[long], expected)
    assert expected.max() > 0.3


def test_without_labels_every_target_is_zero() -> None:
    video = training_video(traces_with_a_bump(60, 120), np.zeros((0, 2)), np.zeros(0))
    assert len(video.features) and not video.targets.any()


def test_a_scorer_learns_what_separates_and_reads_back(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    features = rng.standard_normal((600, 90))
    targets = (features[:, COARSE_COLUMNS[0]] > 0).astype(float)
    path = tmp_path / 'scorer.npz'
    fit_scorer([TrainingVideo(features[:400], targets[:400])], path, steps_factor=0.2)
    scorer = MovementScorer.load(path)
    assert [len(member.columns) for member in scorer.members] == [90] * 3 + [42] * 6
    assert sum(member.weight for member in scorer.members) == pytest.approx(1.0)
    right = (scorer(features[400:]) > 0.5) == (targets[400:] > 0.5)
    assert right.mean() > 0.75
    assert [entry.name for entry in tmp_path.iterdir()] == ['scorer.npz']
