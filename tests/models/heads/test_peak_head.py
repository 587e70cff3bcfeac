from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from mmaction.registry import MODELS

from mmaction_mespot.errors import MESpotError


def head(**options: object) -> torch.nn.Module:
    return MODELS.build(dict(type='PeakHead', in_channels=4, **options))


def test_targets_are_pairs_that_overlap_an_event(make_sample: Callable) -> None:
    sample = make_sample([[10, 14], [20, 24]], [0, 1])
    targets = head(step_s=(4 / 30, 2 / 30)).targets(30, sample)
    # A pair of MaE reaches 2 frames to both sides of the middle of its frame, one of ME 1 frame.
    assert targets[0].nonzero().flatten().tolist() == list(range(8, 16))
    assert targets[1].nonzero().flatten().tolist() == list(range(19, 25))
    fast = make_sample([[10, 14]], [0], frame_interval=2.0)  # 15 positions per second
    assert head(step_s=(4 / 30, 2 / 30)).targets(30, fast)[0].nonzero().flatten().tolist() == list(
        range(9, 15)
    )


def test_peaks_become_intervals_in_frames(make_sample: Callable) -> None:
    one = head(step_s=(6 / 30, 2 / 30))
    one.forward = lambda features: features[0]  # type: ignore[method-assign]
    curve = torch.zeros(1, 2, 60)
    curve[0, 0, 20], curve[0, 1, 40], curve[0, 1, 10] = 1.0, 1.0, 0.5
    (found,) = one.predict([curve], [make_sample(frame_interval=1.0, total_frames=60)])
    assert found.labels.tolist() == [0, 1, 1]
    # The moving mean over 12 (from 6 before to 5 after) spreads the MaE's peak over frames 15 to 26; the
    # middle of that plateau, frame 20, is the middle of the event.
    assert found.segments[0].tolist() == [14.5, 26.5]
    assert found.scores[2] == 1.0
    mean = 1.5 / 60
    assert found.scores[1].item() == pytest.approx((0.125 - mean) / (0.25 - mean))


def test_mapped_through_the_rate(make_sample: Callable) -> None:
    one = head(step_s=(6 / 30, 2 / 30))
    one.forward = lambda features: features[0]  # type: ignore[method-assign]
    curve = torch.zeros(1, 2, 60)
    curve[0, 0, 20] = 1.0
    sample = make_sample(fps=60.0, frame_interval=2.0, total_frames=119)
    (found,) = one.predict([curve], [sample])
    assert found.segments[0].tolist() == [29.0, 53.0]


def test_loss_by_hand(make_sample: Callable) -> None:
    one = head(step_s=(2 / 30, 2 / 30), keep_negatives=1.0)
    one.forward = lambda features: features[0]  # type: ignore[method-assign]
    scores = torch.full((1, 2, 10), 0.5)
    losses = one.loss([scores], [make_sample([[3, 5]], [0])])
    assert losses['loss_score'].item() == pytest.approx(0.25)
    assert losses['positives'].item() == pytest.approx(4 / 20)
    both = head(step_s=(2 / 30, 2 / 30), keep_negatives=1.0, sigmoid=True, entropy_weight=0.1)
    both.forward = lambda features: features[0]  # type: ignore[method-assign]
    losses = both.loss([torch.zeros(1, 2, 10)], [make_sample([[3, 5]], [0])])
    assert losses['loss_score'].item() == pytest.approx(0.9 * 0.25 + 0.1 * 0.693147, rel=1e-5)


def test_negatives_are_left_out_by_chance(make_sample: Callable) -> None:
    torch.manual_seed(0)
    one = head(step_s=(2 / 30, 2 / 30), keep_negatives=0.25)
    one.forward = lambda features: features[0]  # type: ignore[method-assign]
    scores = torch.zeros(1, 2, 2000)
    losses = one.loss([scores], [make_sample([[0, 500]], [0])])
    # 501 positives with an error of 1 among about 501 + 3499 / 4.
    assert losses['loss_score'].item() == pytest.approx(501 / (501 + 875), abs=0.03)


def test_separate_networks_see_their_own_half() -> None:
    one = head(separate=True)
    level = torch.randn(1, 4, 8)
    changed = level.clone()
    changed[:, 2:] += 1
    first, second = one([level]), one([changed])
    torch.testing.assert_close(first[:, 0], second[:, 0])
    assert not torch.allclose(first[:, 1], second[:, 1])


def test_it_learns_two_movements(make_sample: Callable) -> None:
    torch.manual_seed(0)
    one = head(step_s=(0.4, 0.1))
    truth = make_sample([[20, 44], [70, 76]], [0, 1], total_frames=100)
    level = torch.randn(1, 4, 100) * 0.1
    level[0, 0, 20:44] += 1
    level[0, 1, 70:76] += 1
    optimizer = torch.optim.Adam(one.parameters(), 0.05)
    for _ in range(200):
        optimizer.zero_grad()
        one.loss([level], [truth])['loss_score'].backward()
        optimizer.step()
    (found,) = one.predict([level], [truth])
    for label, middle in ((0, 32), (1, 73)):
        own = found.labels == label
        top = found.segments[own][found.scores[own].argmax()]
        assert top.mean().item() == pytest.approx(middle, abs=2)


def test_bad_options_are_named() -> None:
    with pytest.raises(MESpotError, match=r'found \(1\.0,\)'):
        head(step_s=(1.0,))
    with pytest.raises(MESpotError, match='sigmoid=False'):
        head(entropy_weight=0.1)
    with pytest.raises(MESpotError, match='one level of full length, found 2'):
        head()([torch.zeros(1, 4, 3)] * 2)
