import pytest
import torch

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.iou import segment_iou
from mmaction_mespot.models.task_modules import SegmentAnchors


def test_positions_stand_for_the_middle_of_their_stride() -> None:
    anchors = SegmentAnchors(strides=(2, 4), scale=3.0)((3, 2))
    assert anchors.tolist() == [[-2, 4], [0, 6], [2, 8], [-4, 8], [0, 12]]


def test_the_default_covers_3_frames_to_4_seconds_at_30_fps() -> None:
    anchors = SegmentAnchors()((128, 64, 32, 16, 8))
    lengths = torch.arange(3.0, 121.0)
    events = torch.stack([128.3 - lengths / 2, 128.3 + lengths / 2], dim=1)
    best = segment_iou(anchors, events).amax(dim=0)
    assert best[0] == pytest.approx(0.5, abs=0.01)  # 3 frames in an anchor of 6
    assert best[3:].min() > 0.6


def test_levels_must_match_the_strides() -> None:
    with pytest.raises(MESpotError, match='5 strides'):
        SegmentAnchors()((8, 4))
