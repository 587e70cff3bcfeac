"""A head without anchors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from mmaction.registry import MODELS, TASK_UTILS
from mmengine.structures import InstanceData
from torch import Tensor, nn

from mmaction_mespot.models.task_modules.segment_assigner import BACKGROUND

from .level_head import LevelHead


class _Tower(nn.Module):
    """Convolutions (kernel 3), each with layer normalisation over the channels and ReLU; then dropout."""

    def __init__(self, in_channels: int, channels: int, num_convs: int, dropout: float) -> None:
        super().__init__()
        widths = [in_channels, *([channels] * num_convs)]
        self.convs = nn.ModuleList(
            nn.Conv1d(width, channels, 3, padding=1, bias=False) for width in widths[:-1]
        )
        self.norms = nn.ModuleList(nn.LayerNorm(channels) for _ in range(num_convs))
        self.dropout = nn.Dropout(dropout)

    def forward(self, sequence: Tensor) -> Tensor:
        """(N, C, T) to (N, channels, T)."""
        for conv, norm in zip(self.convs, self.norms, strict=True):
            sequence = F.relu(norm(conv(sequence).transpose(1, 2)).transpose(1, 2))
        return self.dropout(sequence)


@MODELS.register_module()
class AnchorFreeHead(LevelHead):
    """Every position of every level says whether it is in an expression, and how far its ends are.

    In the manner of ActionFormer (Zhang et al. 2022) and FCOS (Tian et al. 2019): two towers of convolutions,
    one for the classes (a sigmoid each), one for the distances to both ends (softplus, in strides);
    positions near the middle of an event answer for it, on the level whose range of distances it
    fits (:class:`PointAssigner`); focal loss and distance-IoU loss. It takes the place of :class:`CRNHead`:
    the same features, data samples and candidates.

    Args:
        in_channels: Channels of the levels: one number for all, or one each.
        num_classes: 2 tells MaE from ME; 1 finds expressions, the class follows from the length. Defaults
            to 2.
        channels: Width of the towers. Defaults to 256.
        num_convs: Convolutions of a tower. Defaults to 2.
        dropout: At the end of a tower. Defaults to 0.5, as in the CRN.
        prior: Probability that the initial bias gives every position and class. Defaults to 0.05.
        score_floor: Candidates below it are not given out. Defaults to 0.01.
        top_k: Most candidates of a window. Defaults to 200.
        points: Config of the points; their strides name the levels. Defaults to
            ``dict(type='SegmentPoints')``.
        assigner: Config of the assigner. Defaults to ``dict(type='PointAssigner')``.
        loss_cls: Config of the classification loss. Defaults to ``dict(type='FocalSigmoidLoss')``.
        loss_boundary: Config of the boundary loss. Defaults to ``dict(type='SegmentDIoULoss')``.
        init_cfg: Initialisation of MMEngine. Defaults to None.

    Raises:
        MESpotError: If ``num_classes`` is neither 1 nor 2.
    """

    def __init__(
        self,
        in_channels: int | Sequence[int],
        num_classes: int = 2,
        channels: int = 256,
        num_convs: int = 2,
        dropout: float = 0.5,
        prior: float = 0.05,
        score_floor: float = 0.01,
        top_k: int = 200,
        points: dict | None = None,
        assigner: dict | None = None,
        loss_cls: dict | None = None,
        loss_boundary: dict | None = None,
        init_cfg: dict | None = None,
    ) -> None:
        built_points = TASK_UTILS.build(points or dict(type='SegmentPoints'))
        num_levels = len(built_points.strides)
        super().__init__(in_channels, num_levels, num_classes, channels, score_floor, top_k, init_cfg)
        self.points = built_points
        self.assigner = TASK_UTILS.build(assigner or dict(type='PointAssigner'))
        self.loss_cls = MODELS.build(loss_cls or dict(type='FocalSigmoidLoss'))
        self.loss_boundary = MODELS.build(loss_boundary or dict(type='SegmentDIoULoss'))
        self.classify_tower = _Tower(self.width, channels, num_convs, dropout)
        self.regress_tower = _Tower(self.width, channels, num_convs, dropout)
        self.classify = nn.Conv1d(channels, num_classes, 3, padding=1)
        self.regress = nn.Conv1d(channels, 2, 3, padding=1)
        for layer in (self.classify, self.regress):
            nn.init.normal_(layer.weight, std=0.01)
        self.classify.bias = nn.Parameter(torch.full((num_classes,), -math.log((1 - prior) / prior)))
        # softplus of it is 1.5: a first guess of 3 strides, the CRN's anchors
        self.regress.bias = nn.Parameter(torch.full((2,), math.log(math.expm1(1.5))))

    def forward(self, features: Sequence[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        """Classify and regress every position.

        Args:
            features: Levels, fine to coarse, each (N, C, T_l, H_l, W_l) or (N, C, T_l).

        Returns:
            Logits (N, num_classes, T_l), without a background, and distances to start and end, in strides,
            at least 0, (N, 2, T_l) of each level.
        """
        logits, distances = [], []
        for sequence in self.sequences(features):
            logits.append(self.classify(self.classify_tower(sequence)))
            distances.append(F.softplus(self.regress(self.regress_tower(sequence))))
        return logits, distances

    def loss(self, features: Sequence[Tensor], data_samples: Sequence[Any]) -> dict[str, Tensor]:
        """Compute the losses of a batch.

        Args:
            features: Levels of the neck.
            data_samples: One :class:`ActionDataSample` a window with ``gt_instances`` (``segments`` in window
                instants, ``labels``) and the metainfo ``fps`` and ``frame_interval``.

        Returns:
            ``loss_cls``, ``loss_boundary``, and ``positives``, the positive points per window (for the log).

        Raises:
            MESpotError: If a data sample lacks one of these metainfo keys.
        """
        logits, segments, points = self._flatten(*self(features))
        assigned, targets, boundaries = [], [], []
        for sample in data_samples:
            truths = sample.gt_instances.segments.to(points)
            labels = sample.gt_instances.labels.to(points.device)
            instants_per_s = self.metainfo(sample, 'fps') / self.metainfo(sample, 'frame_interval')
            index = self.assigner(points, truths, instants_per_s)
            positive = index > BACKGROUND
            label = labels[index[positive]] if self.num_classes > 1 else torch.zeros_like(index[positive])
            target = logits.new_zeros(len(points), self.num_classes)
            target[positive] = F.one_hot(label, self.num_classes).to(target)
            assigned.append(index)
            targets.append(target)
            boundaries.append(truths[index[positive]])
        positive = torch.stack(assigned) > BACKGROUND
        num_positives = self.count_positives(positive)
        avg_factor = num_positives.clamp(min=1)
        return dict(
            loss_cls=self.loss_cls(logits, torch.stack(targets), avg_factor),
            loss_boundary=self.loss_boundary(segments[positive], torch.cat(boundaries), avg_factor),
            positives=num_positives / len(positive),
        )

    def predict(self, features: Sequence[Tensor], data_samples: Sequence[Any]) -> list[InstanceData]:
        """Give out the candidates of every window, before any suppression of overlaps.

        Args:
            features: Levels of the neck.
            data_samples: One :class:`ActionDataSample` a window; see :meth:`candidates`.

        Returns:
            For each window ``segments``, ``scores`` and ``labels``.
        """
        logits, segments, _ = self._flatten(*self(features))
        windows = zip(logits.sigmoid(), segments, data_samples, strict=True)
        return [self.candidates(*window) for window in windows]

    def _flatten(self, logits: list[Tensor], distances: list[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """Join the levels: logits (N, A, K), segments (N, A, 2) in instants, and the points (A, 4)."""
        points = self.points([level.shape[2] for level in logits], logits[0].device)
        joined, reach = (torch.cat(levels, dim=2).transpose(1, 2).float() for levels in (logits, distances))
        reach = reach * points[:, 1:2]
        instants = points[:, 0]
        segments = torch.stack([instants - reach[..., 0], instants + reach[..., 1]], dim=-1)
        return joined, segments, points
