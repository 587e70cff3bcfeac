import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.heads import AnchorFreeHead

LENGTHS = (32, 16, 8, 4, 2)


def features(batch: int = 1, channels: int = 4) -> list[Tensor]:
    return [torch.randn(batch, channels, length, 2, 2) for length in LENGTHS]


def head(**settings: object) -> AnchorFreeHead:
    torch.manual_seed(0)
    return AnchorFreeHead(**{**dict(in_channels=4, channels=8), **settings}).eval()


def test_every_position_classifies_and_reaches_out() -> None:
    logits, distances = head()(features(batch=3))
    assert [tuple(level.shape) for level in logits] == [(3, 2, length) for length in LENGTHS]
    assert [tuple(level.shape) for level in distances] == [(3, 2, length) for length in LENGTHS]
    assert all((level > 0).all() for level in distances)


def test_the_first_guess() -> None:
    network = head(prior=0.1)
    for layer in (network.classify, network.regress):
        torch.nn.init.zeros_(layer.weight)
    logits, distances = network(features())
    torch.testing.assert_close(logits[1].sigmoid(), torch.full((1, 2, 16), 0.1))
    torch.testing.assert_close(distances[1], torch.full((1, 2, 16), 1.5))


def test_losses_by_hand(make_sample: Callable) -> None:
    """An event of 0.4 s; every position says 1/2 and reaches over 3 strides."""
    network = head(loss_cls=dict(type='FocalSigmoidLoss', gamma=0.0, alpha=0.5))
    for layer in (network.classify, network.regress):
        torch.nn.init.zeros_(layer.weight)
    torch.nn.init.zeros_(network.classify.bias)
    losses = network.loss(features(), [make_sample([[16, 28]], [1])])
    # of P4, 22 is 6 instants (0.2 s) from both ends, within 0.15 to 0.3 s; 18 and 26 are 10 from one;
    # 20, of P5, is 8 from the end (0.27 s), too near, and P3's are at least 7 from one, too far
    assert losses['positives'] == 1
    expected = 0.5 * 2 * sum(LENGTHS) * math.log(2)
    assert losses['loss_cls'].item() == pytest.approx(expected, rel=1e-5)
    # 1.5 strides of 4 instants to both sides of 22 is the event itself
    assert losses['loss_boundary'].item() == pytest.approx(0.0, abs=1e-6)


def test_the_rate_of_the_window_chooses_the_level(make_sample: Callable) -> None:
    """The same instants of a window at 15 per second are twice as long, and answered a level higher."""
    network = head()
    for fps, level in ((30.0, 1), (15.0, 2)):
        network.zero_grad()
        levels = [feature.requires_grad_() for feature in features()]
        losses = network.loss(levels, [make_sample([[16, 28]], [1], fps=fps)])
        losses['loss_boundary'].backward()
        touched = [feature.grad is not None and bool(feature.grad.abs().sum() > 0) for feature in levels]
        assert touched.index(True) == level and sum(touched) == 1


def test_a_batch_without_events_still_learns(make_sample: Callable) -> None:
    losses = head().loss(features(2), [make_sample(), make_sample()])
    assert losses['loss_boundary'] == 0 and losses['positives'] == 0
    assert losses['loss_cls'] > 0


def test_positives_are_counted_over_all_processes(
    make_sample: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, levels, samples = head(), features(), [make_sample([[16, 28]], [1])]
    network.assigner.centre_radius = 3.0
    alone = network.loss(levels, samples)
    monkeypatch.setattr('mmaction_mespot.models.heads.level_head.all_reduce', lambda count, op: count.mul_(2))
    together = network.loss(levels, samples)
    for name in ('loss_cls', 'loss_boundary'):
        torch.testing.assert_close(together[name], alone[name] / 2)


@pytest.mark.parametrize(('num_classes', 'label'), [(2, 1), (1, 1)])
def test_candidates_come_in_frames_of_the_video(
    make_sample: Callable, monkeypatch: pytest.MonkeyPatch, num_classes: int, label: int
) -> None:
    network = head(num_classes=num_classes)
    logits = [torch.full((1, num_classes, length), -20.0) for length in LENGTHS]
    logits[1][0, num_classes - 1, 5] = 20.0
    distances = [torch.ones(1, 2, length) for length in LENGTHS]
    distances[1][0, :, 5] = torch.tensor([0.5, 1.0])
    monkeypatch.setattr(network, 'forward', lambda _: (logits, distances))
    [found] = network.predict([], [make_sample(window_start=100, frame_interval=2.5, fps=60.0)])
    # P4's position 5 is the instant 22: [22 - 2, 22 + 4), then 100 + 2.5 t
    assert found.segments.tolist() == [[150.0, 165.0]]
    assert found.labels.tolist() == [label]  # 15 frames, a quarter of a second
    assert found.scores.tolist() == pytest.approx([1.0])


def test_one_window_is_learned_and_given_back(make_sample: Callable) -> None:
    network = head(in_channels=(4, 5, 6, 7, 8), channels=16, dropout=0.0)
    levels = [torch.randn(1, 4 + i, length) for i, length in enumerate(LENGTHS)]
    sample = make_sample([[7, 17], [22, 55]], [1, 0])
    optimizer = torch.optim.Adam(network.parameters(), 2e-2)
    for _ in range(30):
        losses = network.loss(levels, [sample])
        optimizer.zero_grad()
        (losses['loss_cls'] + losses['loss_boundary']).backward()
        optimizer.step()
    [found] = network.predict(levels, [sample])
    for segment, label in (([7, 17], 1), ([22, 55], 0)):
        best = found.segments[found.labels == label][0]
        torch.testing.assert_close(best, torch.tensor(segment).float(), rtol=0, atol=1.5)


def test_missing_metainfo_is_an_error(make_sample: Callable) -> None:
    sample = make_sample([[16, 28]], [1])
    del sample.fps
    with pytest.raises(MESpotError, match=r"AnchorFreeHead needs the metainfo 'fps'"):
        head().loss(features(), [sample])
