"""Proposals of clips of several lengths, then a network that classifies and refines each one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from mmaction.registry import MODELS, TASK_UTILS
from mmengine.structures import InstanceData
from torch import Tensor, nn

from mmaction_mespot.intervals.nms import hard_nms
from mmaction_mespot.models.task_modules.segment_assigner import BACKGROUND, IGNORED

from .level_head import LevelHead


def clip_features(sequence: Tensor, clips: Tensor, bins: int, stride: float) -> Tensor:
    """Cut clips out of a sequence and bring each to the same number of bins.

    Args:
        sequence: (C, T), position i at instant ``(i + 0.5) * stride``.
        clips: Half-open intervals in instants, (P, 2).
        bins: Bins of a clip; the middle of bin b is read by linear interpolation.
        stride: Instants of a position.

    Returns:
        (P, C, bins); the ends of the sequence stand for what lies beyond them.
    """
    shares = (torch.arange(bins, device=clips.device) + 0.5) / bins
    instants = clips[:, :1] + shares * (clips[:, 1:] - clips[:, :1])
    at = (instants / stride - 0.5).clamp(0, sequence.shape[1] - 1)
    low = at.floor().long().clamp(max=max(sequence.shape[1] - 2, 0))
    high = (low + 1).clamp(max=sequence.shape[1] - 1)
    share = (at - low).to(sequence)
    return (sequence[:, low] * (1 - share) + sequence[:, high] * share).transpose(0, 1)


@MODELS.register_module()
class ClipProposalHead(LevelHead):
    """MESNet's two steps after its convolutions: a clip proposal network, and one that judges its clips.

    As published: at every position, clips of several lengths get a score and an offset of their boundaries
    (clip proposal network); the best ones after suppression are cut out of the features and go through a
    classification and a regression layer (classification-regression network). Ours: the lengths, the bins of
    a clip, the widths, the assignment by IoU, focal cross-entropy and smooth L1 in both steps; clips are cut
    out by linear interpolation.

    Source: Wang, He, Li, Fu, "MESNet: A Convolutional Neural Network for Spotting Multi-Scale
    Micro-Expression Intervals in Long Videos", IEEE Transactions on Image Processing 2021, the paper's
    reference [24].

    Args:
        in_channels: Channels of the level.
        stride: Positions of the window for one of the level. Defaults to 2.
        lengths: Lengths of the clips, positions of the window. Defaults to 6, 12, 24, 48 and 96.
        num_classes: 2 tells MaE from ME; 1 takes the class from the length. Defaults to 2.
        channels: Width of both networks. Defaults to 64.
        bins: Bins of a clip. Defaults to 8.
        proposals: Clips that the second network sees. Defaults to 64.
        proposal_iou: Largest IoU of two proposals. Defaults to 0.7.
        dropout: In the second network. Defaults to 0.5.
        score_floor: Candidates below it are not given out. Defaults to 0.01.
        top_k: Most candidates of a window. Defaults to 200.
        init_cfg: Initialisation of MMEngine. Defaults to None.

    Raises:
        MESpotError: If ``num_classes`` is neither 1 nor 2.
    """

    def __init__(
        self,
        in_channels: int,
        stride: float = 2,
        lengths: Sequence[float] = (6, 12, 24, 48, 96),
        num_classes: int = 2,
        channels: int = 64,
        bins: int = 8,
        proposals: int = 64,
        proposal_iou: float = 0.7,
        dropout: float = 0.5,
        score_floor: float = 0.01,
        top_k: int = 200,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(in_channels, 1, num_classes, channels, score_floor, top_k, init_cfg)
        self.stride, self.lengths = stride, tuple(lengths)
        self.bins, self.proposals, self.proposal_iou = bins, proposals, proposal_iou
        self.assigner = TASK_UTILS.build(dict(type='SegmentAssigner'))
        self.boundary_coder = TASK_UTILS.build(dict(type='BoundaryCoder'))
        self.loss_cls = MODELS.build(dict(type='FocalCrossEntropyLoss'))
        self.loss_boundary = MODELS.build(dict(type='BoundarySmoothL1Loss'))
        proposing = nn.Conv1d(channels, len(self.lengths) * 4, 1)  # clip or not, two offsets
        judging = nn.Linear(channels, num_classes + 1 + 2)
        self.propose = nn.Sequential(
            nn.Conv1d(self.width, channels, 3, padding=1),
            nn.ReLU(inplace=True),
            proposing,
        )
        self.judge = nn.Sequential(
            nn.Flatten(),
            nn.Linear(self.width * bins, channels),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            judging,
        )
        # Of all clips, a twentieth is taken for an event at first: keeps the first steps stable.
        with torch.no_grad():
            torch.as_tensor(proposing.bias)[1::4] = math.log(19)
            torch.as_tensor(judging.bias)[num_classes] = math.log(19 * num_classes)

    def clips(self, length: int, device: torch.device) -> Tensor:
        """Clips of all lengths at every position, those of a position side by side: (L * length, 2)."""
        middles = (torch.arange(length, device=device, dtype=torch.float32) + 0.5) * self.stride
        halves = torch.tensor(self.lengths, device=device) / 2
        return torch.stack([middles[:, None] - halves, middles[:, None] + halves], dim=2).flatten(0, 1)

    def forward(self, features: Sequence[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """Propose.

        Args:
            features: One level (N, C, T_l, H_l, W_l) or (N, C, T_l).

        Returns:
            The sequence (N, C, T_l), the logits clip or not (N, A, 2) and the offsets (N, A, 2) of every
            clip.
        """
        (sequence,) = self.sequences(features)
        outputs = self.propose(sequence).transpose(1, 2).unflatten(2, (len(self.lengths), 4)).flatten(1, 2)
        return sequence.float(), outputs[..., :2].float(), outputs[..., 2:].float()

    def loss(self, features: Sequence[Tensor], data_samples: Sequence[Any]) -> dict[str, Tensor]:
        """Losses of both networks.

        Args:
            features: One level.
            data_samples: One data sample per window with ``gt_instances``.

        Returns:
            ``loss_proposal``, ``loss_proposal_boundary``, ``loss_cls``, ``loss_boundary``.
        """
        sequence, logits, offsets = self(features)
        clips = self.clips(sequence.shape[2], sequence.device)
        losses: dict[str, list[Tensor]] = {}
        for own, own_logits, own_offsets, sample in zip(sequence, logits, offsets, data_samples, strict=True):
            truths = sample.gt_instances.segments.to(clips)
            labels = sample.gt_instances.labels.to(clips.device)
            for name, value in self._step_losses(
                'proposal', own_logits, own_offsets, clips, truths, None
            ).items():
                losses.setdefault(name, []).append(value)
            with torch.no_grad():
                found = self._proposals(own_logits, own_offsets, clips)
                found = torch.cat([found, truths])  # at least the truth is among them
            judged = self.judge(clip_features(own, found, self.bins, self.stride)).float()
            step = self._step_losses('', judged[:, :-2], judged[:, -2:], found, truths, labels)
            for name, value in step.items():
                losses.setdefault(name, []).append(value)
        return {name: torch.stack(values).mean() for name, values in losses.items()}

    def predict(self, features: Sequence[Tensor], data_samples: Sequence[Any]) -> list[InstanceData]:
        """Give out the candidates of every window.

        Args:
            features: One level.
            data_samples: One data sample per window; see :meth:`candidates`.

        Returns:
            For each window ``segments``, ``scores`` and ``labels``.
        """
        sequence, logits, offsets = self(features)
        clips = self.clips(sequence.shape[2], sequence.device)
        found = []
        for own, own_logits, own_offsets, sample in zip(sequence, logits, offsets, data_samples, strict=True):
            proposals = self._proposals(own_logits, own_offsets, clips)
            judged = self.judge(clip_features(own, proposals, self.bins, self.stride)).float()
            segments = self.boundary_coder.decode(proposals, judged[:, -2:])
            probabilities = judged[:, :-2].softmax(dim=1)[:, : self.num_classes]
            found.append(self.candidates(probabilities, segments, sample))
        return found

    def _proposals(self, logits: Tensor, offsets: Tensor, clips: Tensor) -> Tensor:
        """The best clips after suppression, (P, 2)."""
        scores = logits.softmax(dim=1)[:, 0]
        segments = self.boundary_coder.decode(clips, offsets)
        usable = (segments[:, 1] - segments[:, 0] > 1).nonzero().flatten()
        best = usable[scores[usable].argsort(descending=True, stable=True)[: 8 * self.proposals]]
        clips_found = segments[best].detach().float().cpu().numpy()
        values = scores[best].detach().float().cpu().numpy()
        keep = hard_nms(clips_found, values, np.zeros(len(best), np.int64), self.proposal_iou)
        return segments[best][torch.from_numpy(keep).to(best.device)][: self.proposals]

    def _step_losses(
        self, name: str, logits: Tensor, offsets: Tensor, clips: Tensor, truths: Tensor, labels: Tensor | None
    ) -> dict[str, Tensor]:
        """Losses of one of the two networks in one window; without labels a clip is a clip."""
        index = self.assigner(clips, truths)
        positive, counted = index > BACKGROUND, index != IGNORED
        target = torch.full_like(index, logits.shape[1] - 1)
        target[positive] = 0 if labels is None or self.num_classes == 1 else labels[index[positive]]
        count = positive.sum().clamp(min=1)
        wanted = self.boundary_coder.encode(clips[positive], truths[index[positive]])
        prefix = f'loss_{name}' if name else 'loss_cls'
        boundary = f'loss_{name}_boundary' if name else 'loss_boundary'
        return {
            prefix: self.loss_cls(logits[counted], target[counted], count),
            boundary: self.loss_boundary(offsets[positive], wanted, count),
        }
