from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from mmaction_mespot.intervals.detections import MAE, ME
from mmaction_mespot.intervals.iou import segment_iou
from mmaction_mespot.spotters.optical_flow import OpticalFlowSpotter


class Move(NamedTuple):
    start_s: float
    end_s: float
    height_px: float
    regions: tuple[int, ...] = (1, 2, 3)


def region_flow(
    moves: list[Move], fps: float, length_s: float = 30.0, noise_px: float = 0.05
) -> tuple[np.ndarray, int]:
    """Flow of 14 regions that move out (40 %), hold (20 %) and back (40 %), with noise in their positions."""
    gap, frames, margin = max(1, round(4 / 30 * fps)), round(length_s * fps), 64
    instants = (np.arange(frames + 2 * margin) - margin + 0.5) / fps
    places = np.random.default_rng(0).normal(0, noise_px, (len(instants), 14, 2))
    for move in moves:
        ramp = 0.4 * (move.end_s - move.start_s)
        share = np.clip(np.minimum(instants - move.start_s, move.end_s - instants) / ramp, 0, 1)
        bump = move.height_px * share**2 * (3 - 2 * share)
        places[:, list(move.regions)] += bump[:, None, None] * np.array([0.8, -0.6])
    at = np.arange(frames) + margin - gap // 2
    return places[at + gap] - places[at], gap


@pytest.mark.parametrize('fps', [30.0, 60.0, 200.0])
def test_finds_the_intervals_at_any_frame_rate(fps: float) -> None:
    moves = [Move(5.0, 5.4, 0.5), Move(12.0, 13.2, 1.0, (8, 9, 10)), Move(20.0, 23.0, 1.0, (8, 9, 10))]
    flow, gap = region_flow(moves, fps)
    found = OpticalFlowSpotter().spot(flow, fps, gap)
    best = found[:3]
    iou = segment_iou(best.segments / fps, np.array([move[:2] for move in moves]))
    assert sorted(iou.argmax(1)) == [0, 1, 2]
    assert (iou.max(1) > 0.7).all()
    assert [best.labels[i] for i in np.argsort(best.segments[:, 0])] == [ME, MAE, MAE]
    # The others are noise, far below the weakest expression.
    assert 1 - found.scores[3:].max() > 2 * (1 - best.scores.min())


def test_noise_alone_gets_no_high_score() -> None:
    flow, gap = region_flow([], 30.0)
    noise = OpticalFlowSpotter().spot(flow, 30.0, gap)
    flow, gap = region_flow([Move(5.0, 5.4, 0.5)], 30.0)
    event = OpticalFlowSpotter().spot(flow, 30.0, gap)
    assert noise.scores.max() < 0.8 < 0.9 < event.scores[0] < 1


def test_still_video_gives_nothing() -> None:
    assert len(OpticalFlowSpotter().spot(np.zeros((300, 14, 2)), 30.0, 4)) == 0


def test_frames_without_a_face_count_as_still() -> None:
    flow, gap = region_flow([Move(5.0, 5.4, 0.5)], 30.0)
    flow[300:330] = np.nan
    found = OpticalFlowSpotter().spot(flow, 30.0, gap)
    assert found.segments[0] / 30 == pytest.approx([5.0, 5.4], abs=0.07)
    assert np.isfinite(found.segments).all() and np.isfinite(found.scores).all()


def test_found_intervals_do_not_overlap() -> None:
    flow, gap = region_flow([Move(5.0, 7.0, 0.5), Move(7.2, 7.6, 0.5)], 30.0)
    found = OpticalFlowSpotter(overlap=0.0).spot(flow, 30.0, gap)
    order = found.segments[np.argsort(found.segments[:, 0])]
    assert (order[1:, 0] >= order[:-1, 1]).all()


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        ({'min_length_s': 2.0, 'max_length_s': 1.0}, 'found 2.0, 1.0'),
        ({'length_step': 1.0}, 'larger than 1, found 1.0'),
        ({'slope_fraction': 1.5}, 'between 0 and 1, found 1.5'),
    ],
)
def test_bad_options_are_named(options: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        OpticalFlowSpotter(**options)  # type: ignore[arg-type]
