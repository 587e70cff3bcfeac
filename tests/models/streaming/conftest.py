from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import torch
from mmaction.registry import MODELS
from mmaction.structures import ActionDataSample
from mmengine.dataset import pseudo_collate
from streaming_networks import BACKBONES
from torch import nn

import mmaction_mespot  # noqa: F401  (registers the components)
from mmaction_mespot.datasets.transforms import PackSpottingInputs
from mmaction_mespot.datasets.window_layout import WindowLayout
from mmaction_mespot.intervals.detections import Detections, WindowCandidates


@pytest.fixture
def build() -> Callable[..., nn.Module]:
    """Build a tiny network whose weights, running statistics included, are drawn once for a name."""

    def make(name: str, context: int = 0) -> nn.Module:
        backbone, channels = BACKBONES[name]
        torch.manual_seed(0)
        model = MODELS.build(
            dict(
                type='MESpotter',
                backbone=backbone,
                neck=dict(type='BiFPN3D', in_channels=channels, out_channels=8, num_repeats=1),
                head=dict(type='CRNHead', in_channels=8, channels=8, score_floor=0.1),
                context=context,
            )
        )
        for layer in model.modules():
            if isinstance(layer, nn.BatchNorm3d):
                nn.init.uniform_(layer.weight, 0.5, 2.0)
                nn.init.normal_(layer.bias, std=0.3)
                nn.init.normal_(layer.running_mean, std=0.1)
        for layer in model.head.modules():
            if isinstance(layer, nn.Conv1d):  # lively: the scores of a window spread from 0.1 to 0.9
                nn.init.normal_(layer.weight, std=0.5)
        return model.eval()

    return make


@pytest.fixture
def plain() -> Callable[..., list[WindowCandidates]]:
    """Spot a video window by window: each goes through the whole network by itself."""

    def spot(
        model: nn.Module, streams: dict[str, np.ndarray], layout: WindowLayout, interval: float, fps: float
    ) -> list[WindowCandidates]:
        total = len(next(iter(streams.values())))
        pack = PackSpottingInputs()
        found = []
        for start in layout.starts(total, interval):
            frames = layout.frames(start, total, interval)
            meta: dict[str, Any] = dict(
                video_id='v',
                subject='s',
                part=None,
                fps=fps,
                total_frames=total,
                window_start=start,
                frame_interval=interval,
                clip_len=layout.clip_len,
                video_segments=np.zeros((0, 2)),
                video_labels=np.zeros(0),
                gt_segments=np.zeros((0, 2)),
                gt_labels=np.zeros(0),
            )
            window = pack(dict(meta, **{name: stream[frames] for name, stream in streams.items()}))
            with torch.no_grad():
                sample: ActionDataSample = model.test_step(pseudo_collate([window]))[0]
            pred = sample.pred_instances
            detections = Detections(pred.segments.numpy(), pred.scores.numpy(), pred.labels.numpy())
            found.append(WindowCandidates(detections, start, start + layout.clip_len * interval))
        return found

    return spot


@pytest.fixture
def assert_same_windows() -> Callable[[Sequence[WindowCandidates], Sequence[WindowCandidates], int], None]:
    """Compare window by window: places, intervals (cut at the video's end), scores, labels."""

    def check(found: Sequence[WindowCandidates], expected: Sequence[WindowCandidates], total: int) -> None:
        assert [(w.start, w.end) for w in found] == [(w.start, w.end) for w in expected]
        for one, other in zip(found, expected, strict=True):
            assert len(one.detections) == len(other.detections) > 0
            a, b = _in_order(one.detections, total), _in_order(other.detections, total)
            np.testing.assert_allclose(a[:, :2], b[:, :2], rtol=0, atol=5e-3)
            np.testing.assert_allclose(a[:, 2:], b[:, 2:], rtol=0, atol=1e-4)

    return check


def _in_order(detections: Detections, total: int) -> np.ndarray:
    rows = np.column_stack([np.clip(detections.segments, 0, total), detections.scores, detections.labels])
    return rows[np.lexsort(np.round(rows, 2).T)]
