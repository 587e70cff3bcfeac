from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from mmaction.registry import MODELS

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.heads.apex_boundary_head import (
    END,
    NOTHING,
    START,
    boundary_targets,
    decode_apexes,
    supervised_contrast,
)


def test_targets_of_frames() -> None:
    boundary, apex, action = boundary_targets(12, torch.tensor([[3.0, 9.0]]), 1.0, 0.5)
    assert (boundary == START).nonzero().flatten().tolist() == [2, 3]
    assert (boundary == END).nonzero().flatten().tolist() == [8, 9]
    assert apex.nonzero().flatten().tolist() == [5, 6]
    assert action.nonzero().flatten().tolist() == [3, 4, 5, 6, 7, 8]
    boundary, apex, action = boundary_targets(4, torch.zeros(0, 2), 1.0, 0.5)
    assert boundary.tolist() == [NOTHING] * 4 and not apex.any() and not action.any()


def test_the_nearer_boundary_counts() -> None:
    boundary, _, _ = boundary_targets(10, torch.tensor([[0.0, 4.0], [5.0, 9.0]]), 2.0, 0.5)
    assert boundary[3:6].tolist() == [END, START, START]  # frame 4 is as near to the end as to the start


def probabilities(length: int, **frames: dict[int, float]) -> torch.Tensor:
    values = torch.zeros(3, length)
    values[NOTHING] = 1
    for kind, row in (('start', START), ('end', END)):
        for frame, value in frames.get(kind, {}).items():
            values[row, frame] = value
    return values


def test_an_apex_takes_its_best_boundaries() -> None:
    boundary = probabilities(30, start={8: 0.6, 9: 0.9, 13: 1.0}, end={16: 0.5, 22: 1.0})
    apex = torch.zeros(30)
    apex[12] = 0.8
    segments, scores = decode_apexes(boundary, apex, 2, 7, 0.5)
    # Starts at 5 to 10 and ends at 14 to 19 are in reach: 9 and 16, the last frame included.
    assert segments.tolist() == [[9.0, 17.0]]
    assert scores.tolist() == pytest.approx([0.8 * 0.9 * 0.5])


def test_an_onset_needs_a_start_above_an_end() -> None:
    apex = torch.zeros(30)
    apex[12] = 0.8
    weak = probabilities(30, start={9: 0.4}, end={9: 0.5, 16: 0.5})
    assert len(decode_apexes(weak, apex, 2, 7, 0.5)[0]) == 0
    assert len(decode_apexes(probabilities(30, start={9: 0.4}, end={16: 0.5}), apex, 2, 7, 0.9)[0]) == 0


def test_nothing_lies_beyond_the_window() -> None:
    boundary = probabilities(8, start={0: 0.9}, end={7: 0.9})
    segments, _ = decode_apexes(boundary, torch.ones(8), 2, 7, 0.5)
    assert len(segments) and (segments[:, 0] == 0).all() and (segments[:, 1] == 8).all()


def test_contrast_by_hand() -> None:
    features = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    loss = supervised_contrast(features, torch.tensor([1, 1, 0]), 1.0)
    # Of each of the two alike: -log(e / (e + 1)); the third has no partner.
    assert loss.item() == pytest.approx(torch.log(1 + torch.exp(torch.tensor(-1.0))).item())
    alone = supervised_contrast(features.requires_grad_(), torch.tensor([0, 1, 2]), 1.0)
    alone.backward()
    assert alone.item() == 0


@pytest.mark.parametrize(
    'options',
    [{}, dict(focal_boundaries=False, contrast_weight=0.005, kernel=1, dilation=1)],
    ids=['abpn', 'spotformer'],
)
def test_it_learns_two_movements(options: dict, make_sample: Callable) -> None:
    torch.manual_seed(0)
    head = MODELS.build(dict(type='ApexBoundaryHead', in_channels=6, **options))
    body = torch.nn.Sequential(
        torch.nn.Conv1d(6, 32, 9, padding=4), torch.nn.ReLU(), torch.nn.Conv1d(32, 6, 1), torch.nn.ReLU()
    )
    truth = make_sample([[20, 50], [80, 88]], [0, 1], total_frames=128)
    level = torch.randn(1, 6, 128) * 0.1
    for start, end, row in ((20, 50, 0), (80, 88, 3)):
        middle = (start + end) // 2
        level[0, row, start - 2 : start + 2] += 1
        level[0, row + 1, middle - 2 : middle + 2] += 1
        level[0, row + 2, end - 2 : end + 2] += 1
    optimizer = torch.optim.Adam([*head.parameters(), *body.parameters()], 0.01)
    for _ in range(250):
        optimizer.zero_grad()
        losses = head.loss([body(level)], [truth])
        assert ('loss_contrast' in losses) == bool(options)
        sum(losses.values()).backward()
        optimizer.step()
    with torch.no_grad():
        (found,) = head.predict([body(level)], [truth])
    for label, (start, end) in ((0, (20, 50)), (1, (80, 88))):
        best = found.segments[found.labels == label][0]  # by falling score
        assert best.tolist() == pytest.approx([start, end], abs=3)


def test_bad_options_are_named() -> None:
    with pytest.raises(MESpotError, match='0 < least < most'):
        MODELS.build(dict(type='ApexBoundaryHead', in_channels=6, distance_s=((1, 0.5), (0.1, 0.2))))
    head = MODELS.build(dict(type='ApexBoundaryHead', in_channels=6))
    with pytest.raises(MESpotError, match='found 2'):
        head([torch.zeros(1, 6, 9)] * 2)
