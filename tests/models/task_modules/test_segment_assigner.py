import pytest
import torch

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.task_modules import SegmentAssigner
from mmaction_mespot.models.task_modules.segment_assigner import BACKGROUND, IGNORED


def test_positive_ignored_background() -> None:
    # IoU with the event: 1, 7/13 = .54, 6/14 = .43, 5/15 = .33
    anchors = torch.tensor([[10.0, 20.0], [13.0, 23.0], [14.0, 24.0], [15.0, 25.0]])
    assigned = SegmentAssigner(0.5, 0.4)(anchors, torch.tensor([[10.0, 20.0]]))
    assert assigned.tolist() == [0, 0, IGNORED, BACKGROUND]


def test_every_event_gets_its_best_anchor_however_small_the_overlap() -> None:
    anchors = torch.tensor([[0.0, 10.0], [10.0, 20.0]])
    assigned = SegmentAssigner()(anchors, torch.tensor([[12.0, 14.0]]))
    assert assigned.tolist() == [BACKGROUND, 0]


def test_two_events_with_one_best_anchor_share_out() -> None:
    anchors = torch.tensor([[0.0, 10.0], [8.0, 18.0], [30.0, 40.0]])
    # event 1 fits the first anchor better than event 0 does: event 0 takes its next best
    assigned = SegmentAssigner()(anchors, torch.tensor([[5.0, 10.0], [0.0, 7.0]]))
    assert assigned.tolist() == [1, 0, BACKGROUND]


def test_an_event_outside_every_anchor_gets_none() -> None:
    assigned = SegmentAssigner()(torch.tensor([[0.0, 10.0]]), torch.tensor([[50.0, 60.0]]))
    assert assigned.tolist() == [BACKGROUND]


def test_no_event() -> None:
    assigned = SegmentAssigner()(torch.tensor([[0.0, 10.0]]), torch.zeros(0, 2))
    assert assigned.tolist() == [BACKGROUND]
    assert assigned.dtype == torch.int64


def test_thresholds_are_checked() -> None:
    with pytest.raises(MESpotError, match=r'negative_iou=0.6, positive_iou=0.5'):
        SegmentAssigner(0.5, 0.6)
