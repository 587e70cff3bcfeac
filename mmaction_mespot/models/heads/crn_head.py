"""Classification and regression network."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from mmaction.registry import MODELS, TASK_UTILS
from mmengine.structures import InstanceData
from torch import Tensor, nn

from mmaction_mespot.models.task_modules.segment_assigner import BACKGROUND, IGNORED

from .level_head import LevelHead


@MODELS.register_module()
class CRNHead(LevelHead):
    """The paper's classification and regression network, run densely over every level.

    Section III-D, figure 4. A level is averaged over space and marked (:class:`LevelHead`). Two 1-D
    convolutions (kernel 3, stride 1, no padding of their own, ReLU) see 5 positions; the sequence is padded
    by 2 zeros at both ends, so that every position is a proposal. Two fully connected layers (1x1
    convolutions), dropout, then two parallel ones: softmax logits with the background last, and the two
    boundaries. All levels share the weights.

    Args:
        in_channels: Channels of the levels: one number for all, or one each (raw features of a backbone),
            which a 1x1 convolution each then brings to ``channels``.
        num_classes: 2 tells MaE from ME by the softmax; 1 is the paper's pair of neurons (expression or not),
            the class then follows from the length. Defaults to 2.
        channels: Width of the hidden layers. Defaults to 256.
        dropout: Defaults to 0.5.
        prior: Probability of an expression that the initial bias gives every anchor; keeps the first steps
            stable. Defaults to 0.05.
        score_floor: Candidates below it are not given out. Defaults to 0.01.
        top_k: Most candidates of a window. Defaults to 200.
        anchors: Config of the anchors; their strides name the levels. Defaults to
            ``dict(type='SegmentAnchors')``.
        assigner: Config of the assigner. Defaults to ``dict(type='SegmentAssigner')``.
        boundary_coder: Config of the coder. Defaults to ``dict(type='BoundaryCoder')``.
        loss_cls: Config of the classification loss. Defaults to ``dict(type='FocalCrossEntropyLoss')``.
        loss_boundary: Config of the boundary loss. Defaults to ``dict(type='BoundarySmoothL1Loss')``.
        init_cfg: Initialisation of MMEngine. Defaults to None.

    Raises:
        MESpotError: If ``num_classes`` is neither 1 nor 2.
    """

    def __init__(
        self,
        in_channels: int | Sequence[int],
        num_classes: int = 2,
        channels: int = 256,
        dropout: float = 0.5,
        prior: float = 0.05,
        score_floor: float = 0.01,
        top_k: int = 200,
        anchors: dict | None = None,
        assigner: dict | None = None,
        boundary_coder: dict | None = None,
        loss_cls: dict | None = None,
        loss_boundary: dict | None = None,
        init_cfg: dict | None = None,
    ) -> None:
        built_anchors = TASK_UTILS.build(anchors or dict(type='SegmentAnchors'))
        num_levels = len(built_anchors.strides)
        super().__init__(in_channels, num_levels, num_classes, channels, score_floor, top_k, init_cfg)
        self.anchors = built_anchors
        self.assigner = TASK_UTILS.build(assigner or dict(type='SegmentAssigner'))
        self.boundary_coder = TASK_UTILS.build(boundary_coder or dict(type='BoundaryCoder'))
        self.loss_cls = MODELS.build(loss_cls or dict(type='FocalCrossEntropyLoss'))
        self.loss_boundary = MODELS.build(loss_boundary or dict(type='BoundarySmoothL1Loss'))

        self.trunk = nn.Sequential(
            nn.Conv1d(self.width, channels, 3),
            nn.ReLU(inplace=True),
            nn.Conv1d(channels, channels, 3),
            nn.ReLU(inplace=True),
            nn.Conv1d(channels, channels, 1),
            nn.ReLU(inplace=True),
            nn.Conv1d(channels, channels, 1),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
        )
        self.classify = nn.Conv1d(channels, num_classes + 1, 1)
        self.regress = nn.Conv1d(channels, 2, 1)
        for layer in (self.classify, self.regress):
            nn.init.normal_(layer.weight, std=0.01)
        # softmax of (0, ..., 0, last): the classes share `prior`, the background keeps the rest
        last = math.log(num_classes * (1 - prior) / prior)
        self.classify.bias = nn.Parameter(torch.tensor([0.0] * num_classes + [last]))
        self.regress.bias = nn.Parameter(torch.zeros(2))

    def forward(self, features: Sequence[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        """Classify and regress every position.

        Args:
            features: Levels, fine to coarse, each (N, C, T_l, H_l, W_l) or (N, C, T_l).

        Returns:
            Logits (N, num_classes + 1, T_l) and boundary offsets (N, 2, T_l) of each level.
        """
        logits, offsets = [], []
        for sequence in self.sequences(features):
            hidden = self.trunk(F.pad(sequence, (2, 2)))
            logits.append(self.classify(hidden))
            offsets.append(self.regress(hidden))
        return logits, offsets

    def loss(self, features: Sequence[Tensor], data_samples: Sequence[Any]) -> dict[str, Tensor]:
        """Compute the losses of a batch.

        Args:
            features: Levels of the neck.
            data_samples: One :class:`ActionDataSample` a window with ``gt_instances`` (``segments`` in window
                instants, ``labels``).

        Returns:
            ``loss_cls``, ``loss_boundary``, and ``positives``, the positive anchors per window (for the log).
        """
        logits, offsets, anchors = self._flatten(*self(features))
        assigned, labels, boundaries = [], [], []
        for sample in data_samples:
            segments = sample.gt_instances.segments.to(anchors)
            sample_labels = sample.gt_instances.labels.to(anchors.device)
            index = self.assigner(anchors, segments)
            positive = index >= 0
            label = torch.full_like(index, self.num_classes)
            if self.num_classes > 1:
                label[positive] = sample_labels[index[positive]]
            else:
                label[positive] = 0
            assigned.append(index)
            labels.append(label)
            boundaries.append(self.boundary_coder.encode(anchors[positive], segments[index[positive]]))
        index = torch.stack(assigned)
        positive, counted = index > BACKGROUND, index != IGNORED
        num_positives = self.count_positives(positive)
        avg_factor = num_positives.clamp(min=1)
        return dict(
            loss_cls=self.loss_cls(logits[counted], torch.stack(labels)[counted], avg_factor),
            loss_boundary=self.loss_boundary(offsets[positive], torch.cat(boundaries), avg_factor),
            positives=num_positives / len(index),
        )

    def predict(self, features: Sequence[Tensor], data_samples: Sequence[Any]) -> list[InstanceData]:
        """Give out the candidates of every window, before any suppression of overlaps.

        Args:
            features: Levels of the neck.
            data_samples: One :class:`ActionDataSample` a window; see :meth:`candidates`.

        Returns:
            For each window ``segments``, ``scores`` and ``labels``.
        """
        logits, offsets, anchors = self._flatten(*self(features))
        probabilities = logits.softmax(dim=-1)[..., : self.num_classes]
        segments = self.boundary_coder.decode(
            anchors.expand(len(logits), -1, -1).flatten(0, 1), offsets.flatten(0, 1)
        )
        segments = segments.view(len(logits), -1, 2)
        return [self.candidates(*one) for one in zip(probabilities, segments, data_samples, strict=True)]

    def _flatten(self, logits: list[Tensor], offsets: list[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """Join the levels: logits (N, A, K + 1) and offsets (N, A, 2) in float32, and the anchors (A, 2)."""
        anchors = self.anchors([level.shape[2] for level in logits], logits[0].device)
        joined = [torch.cat(levels, dim=2).transpose(1, 2).float() for levels in (logits, offsets)]
        return joined[0], joined[1], anchors
