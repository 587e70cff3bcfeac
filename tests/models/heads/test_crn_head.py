from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.heads import CRNHead

LENGTHS = (32, 16, 8, 4, 2)


def features(batch: int = 1, channels: int = 4) -> list[Tensor]:
    return [torch.randn(batch, channels, length, 2, 2) for length in LENGTHS]


def head(**settings: object) -> CRNHead:
    torch.manual_seed(0)
    return CRNHead(**{**dict(in_channels=4, channels=8), **settings}).eval()


def test_every_position_is_a_proposal_and_a_neck_may_pool_space_itself() -> None:
    network = head()
    levels = features(batch=3)
    logits, offsets = network(levels)
    assert [tuple(level.shape) for level in logits] == [(3, 3, length) for length in LENGTHS]
    assert [tuple(level.shape) for level in offsets] == [(3, 2, length) for length in LENGTHS]
    pooled, _ = network([level.mean(dim=(3, 4)) for level in levels])
    torch.testing.assert_close(pooled, logits)


def test_receptive_field_is_five_positions() -> None:
    network = head()
    level, *others = features()
    level.requires_grad_()
    network([level, *others])[0][0][0, :, 15].sum().backward()
    assert level.grad is not None
    touched = level.grad.abs().sum(dim=(0, 1, 3, 4)).nonzero().flatten().tolist()
    assert touched == [13, 14, 15, 16, 17]


def test_the_level_tells_events_apart_that_look_alike() -> None:
    """Without the embedding a shared head cannot know whether an event is short or long."""
    network = head(anchors=dict(type='SegmentAnchors', strides=(2, 4)))
    level = torch.randn(1, 4, 8)
    fine, coarse = network([level, level])[0]
    assert not torch.allclose(fine, coarse)
    torch.nn.init.zeros_(network.level_embeddings)
    fine, coarse = network([level, level])[0]
    torch.testing.assert_close(fine, coarse)


@pytest.mark.parametrize('num_classes', [1, 2])
def test_the_first_guess_is_the_prior(num_classes: int) -> None:
    network = head(num_classes=num_classes, prior=0.1)
    torch.nn.init.zeros_(network.classify.weight)
    probability = network(features())[0][0].softmax(dim=1)
    torch.testing.assert_close(probability[:, -1], torch.full((1, 32), 0.9))


def test_losses_by_hand(make_sample: Callable) -> None:
    """One event equal to one anchor; plain cross-entropy; weights of zero but for the biases."""
    network = head(loss_cls=dict(type='FocalCrossEntropyLoss', gamma=0.0))
    for layer in (network.classify, network.regress):
        torch.nn.init.zeros_(layer.weight)
        torch.nn.init.zeros_(layer.bias)
    # anchor 10 of P3 is [18, 24): IoU 1; its neighbours have 4/8 = .5 (positive), the next 2/10; of P4 the
    # anchors [16, 28) and [12, 24) have 6/12 = .5 (positive); those of P5 have 6/24, and so on
    losses = network.loss(features(), [make_sample([[18, 24]], [1])])
    log3 = torch.tensor(3.0).log()
    assert losses['positives'] == 5
    torch.testing.assert_close(losses['loss_cls'], log3 * sum(LENGTHS) / 5)
    # offsets: 0, +-2/6 at both ends of the neighbours, (2, -4)/12 and (6, 0)/12 on P4; beta 0.1
    expected = (4 * (2 / 6 - 0.05) + (4 / 12 - 0.05) + (2 / 12 - 0.05) + (6 / 12 - 0.05)) / 5
    assert losses['loss_boundary'].item() == pytest.approx(expected, rel=1e-5)


def test_positives_are_counted_over_all_processes(
    make_sample: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With twice the positives on the mean of the processes, a process' losses halve."""
    network, levels, samples = head(), features(), [make_sample([[18, 24]], [1])]
    alone = network.loss(levels, samples)
    monkeypatch.setattr('mmaction_mespot.models.heads.level_head.all_reduce', lambda count, op: count.mul_(2))
    together = network.loss(levels, samples)
    for name in ('loss_cls', 'loss_boundary'):
        torch.testing.assert_close(together[name], alone[name] / 2)


def test_a_batch_without_events_still_learns(make_sample: Callable) -> None:
    losses = head().loss(features(2), [make_sample(), make_sample()])
    assert losses['loss_boundary'] == 0 and losses['positives'] == 0
    assert losses['loss_cls'] > 0


def with_one_candidate(
    network: CRNHead, position: int, label: int, offset: tuple[float, float]
) -> list[list[Tensor]]:
    """Raw outputs with one sure candidate on the finest level."""
    logits = [torch.zeros(1, network.num_classes + 1, length) for length in LENGTHS]
    for level in logits:
        level[:, -1] = 20.0
    logits[0][0, label, position] = 40.0
    offsets = [torch.zeros(1, 2, length) for length in LENGTHS]
    offsets[0][0, :, position] = torch.tensor(offset)
    return [logits, offsets]


def test_candidates_come_in_frames_of_the_video(
    make_sample: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = head()
    raw = with_one_candidate(network, position=10, label=1, offset=(0.5, 1.0))
    monkeypatch.setattr(network, 'forward', lambda _: raw)
    [found] = network.predict([], [make_sample(window_start=100, frame_interval=2.5)])
    # anchor [18, 24) moved to [21, 30), then 100 + 2.5 t
    assert found.segments.tolist() == [[152.5, 175.0]]
    assert found.labels.tolist() == [1]
    assert found.scores.tolist() == pytest.approx([1.0])
    # the video ends within, then before the candidate
    [found] = network.predict([], [make_sample(window_start=100, frame_interval=2.5, total_frames=160)])
    assert found.segments.tolist() == [[152.5, 160.0]]
    [found] = network.predict([], [make_sample(window_start=100, frame_interval=2.5, total_frames=150)])
    assert len(found) == 0


@pytest.mark.parametrize(('fps', 'label'), [(18.0, 1), (30.0, 1), (17.9, 0), (10.0, 0)])
def test_two_neurons_take_the_class_from_the_length(
    make_sample: Callable, monkeypatch: pytest.MonkeyPatch, fps: float, label: int
) -> None:
    network = head(num_classes=1)
    raw = with_one_candidate(network, position=10, label=0, offset=(0.0, 0.5))
    monkeypatch.setattr(network, 'forward', lambda _: raw)
    [found] = network.predict([], [make_sample(fps=fps)])
    assert found.segments.tolist() == [[18.0, 27.0]]  # 9 frames, half a second at 18 fps
    assert found.labels.tolist() == [label]


def test_score_floor_and_top_k(make_sample: Callable) -> None:
    samples = [make_sample(window_start=1000), make_sample(window_start=1000)]
    everything = head(score_floor=0.0, top_k=1000).predict(features(2), samples)
    assert len(everything[0]) == 2 * sum(LENGTHS)
    assert (everything[0].scores[1:] <= everything[0].scores[:-1]).all()
    assert len(head(score_floor=0.0, top_k=7).predict(features(2), samples)[1]) == 7
    assert len(head(score_floor=0.9).predict(features(2), samples)[1]) == 0


def test_missing_metainfo_and_bad_settings_are_errors(make_sample: Callable) -> None:
    sample = make_sample()
    del sample.frame_interval
    with pytest.raises(MESpotError, match=r"'frame_interval' of the window of video 's01_0101'"):
        head().predict(features(), [sample])
    with pytest.raises(MESpotError, match='num_classes must be 1 or 2, found 3'):
        head(num_classes=3)


def test_raw_features_of_different_widths(make_sample: Callable) -> None:
    network = head(in_channels=(4, 6, 8), anchors=dict(type='SegmentAnchors', strides=(2, 4, 8)))
    levels = [torch.randn(2, channels, length, 3, 3) for channels, length in ((4, 16), (6, 8), (8, 4))]
    logits, _ = network(levels)
    assert [tuple(level.shape) for level in logits] == [(2, 3, 16), (2, 3, 8), (2, 3, 4)]
    losses = network.loss(levels, [make_sample([[8, 14]], [1]), make_sample()])
    losses['loss_cls'].backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.projections.parameters())


def test_wrong_numbers_of_levels_are_errors() -> None:
    with pytest.raises(MESpotError, match=r'CRNHead: in_channels=\(4, 6\) for 5 levels'):
        head(in_channels=(4, 6))
    with pytest.raises(MESpotError, match='CRNHead takes 5 levels, found 4'):
        head()(features()[:4])
