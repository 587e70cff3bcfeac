import torch

from mmaction_mespot.models.task_modules import BoundaryCoder


def test_offsets_by_hand() -> None:
    anchors, segments = torch.tensor([[10.0, 20.0]]), torch.tensor([[12.0, 19.0]])
    torch.testing.assert_close(BoundaryCoder().encode(anchors, segments), torch.tensor([[0.2, -0.1]]))


def test_round_trip() -> None:
    anchors = torch.tensor([[-4.0, 8.0], [0.0, 6.0], [16.0, 112.0]])
    segments = torch.tensor([[1.5, 3.25], [-2.0, 40.0], [20.0, 140.0]])
    coder = BoundaryCoder()
    torch.testing.assert_close(coder.decode(anchors, coder.encode(anchors, segments)), segments)
