"""The heads of TriDet, of LSSNet and LGSNet, and of MESNet."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from mmaction.registry import MODELS

from mmaction_mespot.models.heads.clip_proposal_head import clip_features
from mmaction_mespot.models.heads.trident_head import trident_distances

TRIDENT = dict(type='TridentHead', in_channels=8, channels=16, dropout=0.0)
TWO_BRANCHES = dict(
    type='TwoBranchHead',
    branches=[
        dict(type='AnchorFreeHead', in_channels=8, channels=16, dropout=0.0),
        dict(type='CRNHead', in_channels=8, channels=16, dropout=0.0),
    ],
)
PROPOSALS = dict(type='ClipProposalHead', in_channels=8, channels=16, dropout=0.0)


def levels(head: dict, length: int = 32) -> list[torch.Tensor]:
    """A pyramid from T / 2 on in which an event of (16, 28) and one of (44, 52) shine through."""
    found = []
    for step in range(1 if head['type'] == 'ClipProposalHead' else 5):
        level = 0.1 * torch.randn(1, 8, length // 2**step, generator=torch.Generator().manual_seed(step))
        at = (torch.arange(level.shape[2]) + 0.5) * 2 ** (step + 1)
        for row, (start, end) in enumerate(((16, 28), (44, 52))):
            inside = (at > start) & (at < end)
            level[0, 4 * row, inside] += 1
            level[0, 4 * row + 1, inside] += ((at - start) / 10)[inside]
            level[0, 4 * row + 2, inside] += ((end - at) / 10)[inside]
        found.append(level)
    return found


@pytest.mark.parametrize('config', [TRIDENT, TWO_BRANCHES, PROPOSALS], ids=lambda config: config['type'])
def test_it_learns_two_events(config: dict, make_sample: Callable) -> None:
    torch.manual_seed(0)
    head = MODELS.build(config)
    truth, nothing = make_sample([[16, 28], [44, 52]], [0, 1], total_frames=64), make_sample(total_frames=64)
    features = levels(config)
    batch = [torch.cat([level, torch.zeros_like(level)]) for level in features]
    optimizer = torch.optim.Adam(head.parameters(), 0.01)
    for _ in range(150):
        optimizer.zero_grad()
        losses = head.loss(batch, [truth, nothing])
        sum(value for name, value in losses.items() if name.startswith('loss')).backward()
        optimizer.step()
    head.eval()
    with torch.no_grad():
        (found,) = head.predict(features, [truth])
    assert (found.scores.diff() <= 0).all()
    for label, (start, end) in ((0, (16, 28)), (1, (44, 52))):
        best = found.segments[found.labels == label][0]
        assert best.tolist() == pytest.approx([start, end], abs=1.5)


def test_trident_votes_by_hand() -> None:
    boundary = torch.full((1, 5), -1e3)
    boundary[0, 1] = 0.0  # only position 1 is a boundary
    centre = torch.zeros(1, 4, 5)
    # Position t lies t - 1 after it; beyond 3 bins, and before it, nothing is in reach: the plain mean.
    found = trident_distances(boundary, centre)[0]
    assert found[1:].tolist() == pytest.approx([0, 1, 2, 3])
    both = torch.full((1, 5), -1e3)
    both[0, 1], both[0, 3] = 0.0, 0.0
    centre[0, 2, 3] = torch.log(torch.tensor(3.0))  # position 3 puts its boundary 2 away, three to one
    assert trident_distances(both, centre)[0, 3].item() == pytest.approx(0.75 * 2)


def test_two_branches_are_heard_together(make_sample: Callable) -> None:
    head = MODELS.build(TWO_BRANCHES)
    losses = head.loss(levels(TWO_BRANCHES), [make_sample([[16, 28]], [0])])
    assert {'loss_cls_0', 'loss_cls_1', 'loss_boundary_0', 'loss_boundary_1'} <= set(losses)
    head.eval()
    sample = make_sample()
    (both,) = head.predict(levels(TWO_BRANCHES), [sample])
    single = [branch.predict(levels(TWO_BRANCHES), [sample])[0] for branch in head.branches]
    assert len(both) == sum(map(len, single))


def test_clips_are_cut_by_interpolation() -> None:
    sequence = torch.arange(8.0)[None]  # position i at instant 2 i + 1
    found = clip_features(sequence, torch.tensor([[2.0, 10.0], [-8.0, 0.0]]), 4, 2)
    # Bins at the instants 3, 5, 7, 9 are the positions 1 to 4; before the beginning the first one stands.
    assert found[:, 0].tolist() == [[1, 2, 3, 4], [0, 0, 0, 0]]
    assert clip_features(sequence, torch.tensor([[3.0, 5.0]]), 1, 2).flatten().tolist() == [1.5]


def test_clips_of_all_lengths_at_every_position() -> None:
    head = MODELS.build({**PROPOSALS, 'lengths': (2, 6)})
    clips = head.clips(2, torch.device('cpu'))
    assert clips.tolist() == [[0, 2], [-2, 4], [2, 4], [0, 6]]
