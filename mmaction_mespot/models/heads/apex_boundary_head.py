"""Ten probabilities of every frame (boundaries, apex, action of both classes), and intervals out of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from mmaction.registry import MODELS
from mmengine.model import BaseModule
from mmengine.structures import InstanceData
from torch import Tensor, nn

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.intervals.grid import instants_to_frames

from .level_head import read_metainfo

START, END, NOTHING = 0, 1, 2
"""Boundary classes of a frame."""


def boundary_targets(
    length: int, segments: Tensor, radius: float, apex_radius: float
) -> tuple[Tensor, Tensor, Tensor]:
    """What each frame is to the events of one class.

    Args:
        length: Frames, T.
        segments: Events of the class in instants, (M, 2).
        radius: A frame whose middle is at most this far from a start (an end) is a start (an end), in
            instants.
        apex_radius: The same around the middle of an event, for its apex.

    Returns:
        Boundary class (T,) int64, apex (T,) and action (T,) float32, 1 or 0. Where a frame is near
        a start and an end, it is the nearer one.
    """
    middles = torch.arange(length, device=segments.device) + 0.5
    far = middles.new_full((1, length), torch.inf)
    to_start, to_end, to_apex = (
        torch.cat([far, (middles - at[:, None]).abs()]).amin(dim=0)
        for at in (segments[:, 0], segments[:, 1], segments.mean(dim=1))
    )
    boundary = torch.full((length,), NOTHING, dtype=torch.int64, device=segments.device)
    boundary[(to_end <= radius) & (to_end < to_start)] = END
    boundary[(to_start <= radius) & (to_start <= to_end)] = START
    action = ((middles > segments[:, :1]) & (middles < segments[:, 1:])).any(dim=0)
    return boundary, (to_apex <= apex_radius).float(), action.float()


def decode_apexes(
    boundary: Tensor, apex: Tensor, least: float, most: float, floor: float
) -> tuple[Tensor, Tensor]:
    """Intervals of one class around the frames that may be an apex.

    The onset is the frame, ``least`` to ``most`` before the apex, with the highest probability of a start,
    the offset the one after it with the highest of an end; a frame is an onset only where a start is likelier
    than an end, and the reverse.

    Args:
        boundary: Probabilities of start, end and neither, (3, T).
        apex: Probabilities of an apex, (T,).
        least: Frames between a boundary and the apex, at least.
        most: The same, at most.
        floor: Least probability of an apex.

    Returns:
        Intervals in instants (M, 2), and their scores (M,): apex times start times end.
    """
    length = apex.shape[0]
    low, high = max(1, round(least)), max(1, round(most))
    onset = torch.where(boundary[START] > boundary[END], boundary[START], torch.zeros_like(apex))
    offset = torch.where(boundary[END] > boundary[START], boundary[END], torch.zeros_like(apex))
    span = high - low + 1
    # Row t holds the frames t - high .. t - low, and t + low .. t + high; nothing lies beyond the window.
    before = F.pad(onset, (high, 0)).unfold(0, span, 1)[:length]
    after = F.pad(offset, (0, high))[low:].unfold(0, span, 1)[:length]
    (start, left), (end, right) = before.max(dim=1), after.max(dim=1)
    at = torch.arange(length, device=apex.device)
    segments = torch.stack([at - high + left, at + low + right + 1], dim=1).float()
    usable = (apex >= floor) & (start > 0) & (end > 0)
    return segments[usable], (apex * start * end)[usable]


@MODELS.register_module()
class ApexBoundaryHead(BaseModule):
    """The last layer, the losses and the decisions of ABPN; AUW-GCN and SpotFormer share them.

    As published: ten outputs of every frame (start, end or neither for MaE and for ME; apex and action of
    each), focal losses with gamma 1 and alpha .9 (apex), .8 (boundary), .9 (action) and label smoothing .16,
    summed by 1.8, 1 and .1 for ME, by 1, 1 and .1 for MaE and there halved (.7 on SAMM); onset and offset
    of an ME 2 to 7 frames from the apex, of a MaE 7 to 29; an onset needs start above end, an offset the
    reverse. Ours: how wide the stretches are in which a frame counts as boundary or apex; the apex is the
    middle of the labelled event, since some data sets name none; every frame may be an apex, the score is
    apex times start times end, and the threshold is chosen on validation people in place of apex above .5 and
    the five best; overlaps are suppressed by the shared post-processing (IoU .5 in the configs).

    SpotFormer's settings are options: cross-entropy for the boundaries, and a supervised contrastive loss
    on the features of frames.

    Args:
        in_channels: Channels of the level.
        kernel: Of the last convolution. Defaults to 3.
        dilation: Of the last convolution. Defaults to 2.
        distance_s: Least and most distance of a boundary from the apex, for (MaE, ME), seconds. Defaults to
            the published ones at 30 frames per second.
        boundary_s: Half-width of the stretch around a boundary, seconds. Defaults to 0.08.
        apex_s: The same around the apex. Defaults to 0.08.
        class_weights: Weight of the losses of (MaE, ME). Defaults to (0.5, 1).
        apex_weights: Weight of the apex loss of (MaE, ME). Defaults to (1, 1.8).
        focal_boundaries: Focal loss with smoothed labels for the boundaries, or plain cross-entropy. Defaults
            to True.
        contrast_weight: Weight of the supervised contrastive loss. Defaults to 0.
        contrast_tau: Its temperature. Defaults to 0.5.
        score_floor: Least probability of an apex. Defaults to 0.05.
        top_k: Most candidates of a window. Defaults to 200.
        init_cfg: Initialisation of MMEngine. Defaults to None.

    Raises:
        MESpotError: If the distances are out of order.
    """

    GAMMA, SMOOTHING = 1.0, 0.16
    ALPHA_APEX, ALPHA_BOUNDARY, ALPHA_ACTION = 0.9, 0.8, 0.9
    ACTION_WEIGHT = 0.1

    def __init__(
        self,
        in_channels: int,
        kernel: int = 3,
        dilation: int = 2,
        distance_s: Sequence[Sequence[float]] = ((7 / 30, 29 / 30), (2 / 30, 7 / 30)),
        boundary_s: float = 0.08,
        apex_s: float = 0.08,
        class_weights: Sequence[float] = (0.5, 1.0),
        apex_weights: Sequence[float] = (1.0, 1.8),
        focal_boundaries: bool = True,
        contrast_weight: float = 0.0,
        contrast_tau: float = 0.5,
        score_floor: float = 0.05,
        top_k: int = 200,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        if len(distance_s) != len(CLASSES) or any(not 0 < low < high for low, high in distance_s):
            raise MESpotError(
                f'ApexBoundaryHead: distance_s needs 0 < least < most for each of {CLASSES}, '
                f'found {distance_s}'
            )
        self.distance_s = tuple((float(low), float(high)) for low, high in distance_s)
        self.boundary_s, self.apex_s = boundary_s, apex_s
        self.class_weights, self.apex_weights = tuple(class_weights), tuple(apex_weights)
        self.focal_boundaries = focal_boundaries
        self.contrast_weight, self.contrast_tau = contrast_weight, contrast_tau
        self.score_floor, self.top_k = score_floor, top_k
        self.outputs = nn.Conv1d(
            in_channels, 10, kernel, padding=(kernel - 1) // 2 * dilation, dilation=dilation
        )

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        """Compute the ten outputs.

        Args:
            features: One level of full length, (N, C, T) or (N, C, T, H, W).

        Returns:
            Logits (N, 10, T): start, end, neither of MaE and of ME; apex of MaE and ME; action of both.

        Raises:
            MESpotError: If there is more than one level.
        """
        return self.outputs(self._level(features))

    def loss(self, features: Sequence[Tensor], data_samples: Sequence[Any]) -> dict[str, Tensor]:
        """Compute the losses of a batch.

        Args:
            features: One level of full length.
            data_samples: One data sample per window, with ``gt_instances`` and the metainfo ``fps`` and
                ``frame_interval``.

        Returns:
            ``loss_boundary``, ``loss_apex``, ``loss_action``, and ``loss_contrast`` if it has a weight.
        """
        level = self._level(features)
        logits = self.outputs(level).float()
        boundary, apex, action = self._split(logits)
        losses = {name: logits.new_zeros(()) for name in ('loss_boundary', 'loss_apex', 'loss_action')}
        kinds = logits.new_zeros(logits.shape[0], logits.shape[2], dtype=torch.int64)
        for label in range(len(CLASSES)):
            targets = [self._targets(sample, logits.shape[2], label) for sample in data_samples]
            kind, is_apex, is_action = (
                torch.stack(one).to(logits.device) for one in zip(*targets, strict=True)
            )
            weight = self.class_weights[label]
            losses['loss_boundary'] += weight * self._boundary_loss(boundary[:, label], kind)
            apex_loss = self._binary_focal(apex[:, label], is_apex, self.ALPHA_APEX)
            losses['loss_apex'] += weight * self.apex_weights[label] * apex_loss
            action_loss = self._binary_focal(action[:, label], is_action, self.ALPHA_ACTION)
            losses['loss_action'] += weight * self.ACTION_WEIGHT * action_loss
            kinds[is_action > 0] = label + 1
        if self.contrast_weight:
            losses['loss_contrast'] = self.contrast_weight * supervised_contrast(
                level.float().transpose(1, 2).flatten(0, 1), kinds.flatten(), self.contrast_tau
            )
        return losses

    def predict(self, features: Sequence[Tensor], data_samples: Sequence[Any]) -> list[InstanceData]:
        """Give out the candidates of every window, before any suppression of overlaps.

        Args:
            features: One level of full length.
            data_samples: One data sample per window, with the metainfo ``fps``, ``frame_interval``,
                ``window_start`` and ``total_frames``.

        Returns:
            For each ``segments`` in frames, ``scores`` (falling) and ``labels``.
        """
        boundary, apex, _ = self._split(self(features).float())
        boundary, apex = boundary.softmax(dim=2), apex.sigmoid()
        found = []
        for own_boundary, own_apex, sample in zip(boundary, apex, data_samples, strict=True):
            fps, interval, start, total = (
                read_metainfo(self, sample, key)
                for key in ('fps', 'frame_interval', 'window_start', 'total_frames')
            )
            rate = fps / interval
            parts = []
            for label, (least, most) in enumerate(self.distance_s):
                segments, scores = decode_apexes(
                    own_boundary[label], own_apex[label], least * rate, most * rate, self.score_floor
                )
                parts.append((segments, scores, torch.full_like(scores, label, dtype=torch.int64)))
            segments, scores, labels = (torch.cat(column) for column in zip(*parts, strict=True))
            frames = instants_to_frames(segments, start, interval).clamp(0, total)
            scores, order = scores.sort(descending=True, stable=True)
            order = order[: self.top_k]
            found.append(
                InstanceData(segments=frames[order], scores=scores[: self.top_k], labels=labels[order])
            )
        return found

    @staticmethod
    def _level(features: Sequence[Tensor]) -> Tensor:
        if len(features) != 1:
            raise MESpotError(f'ApexBoundaryHead takes one level of full length, found {len(features)}')
        (level,) = features
        return level.flatten(3).mean(dim=3) if level.dim() == 5 else level

    @staticmethod
    def _split(logits: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Boundaries (N, 2, 3, T), apex (N, 2, T) and action (N, 2, T)."""
        return logits[:, :6].unflatten(1, (2, 3)), logits[:, 6:8], logits[:, 8:]

    def _targets(self, sample: Any, length: int, label: int) -> tuple[Tensor, Tensor, Tensor]:
        rate = read_metainfo(self, sample, 'fps') / read_metainfo(self, sample, 'frame_interval')
        segments = sample.gt_instances.segments[sample.gt_instances.labels == label]
        # At least the frames whose middle is nearest.
        return boundary_targets(
            length, segments, max(0.5, self.boundary_s * rate), max(0.5, self.apex_s * rate)
        )

    def _boundary_loss(self, logits: Tensor, kinds: Tensor) -> Tensor:
        """Mean loss over frames of (N, 3, T) logits."""
        if not self.focal_boundaries:
            return F.cross_entropy(logits, kinds)
        log_probability = logits.log_softmax(dim=1)
        smooth = F.one_hot(kinds, 3).transpose(1, 2) * (1 - self.SMOOTHING) + self.SMOOTHING / 3
        alpha = torch.where(kinds == NOTHING, 1 - self.ALPHA_BOUNDARY, self.ALPHA_BOUNDARY)
        focal = (1 - log_probability.exp()) ** self.GAMMA * -log_probability * smooth
        return (alpha[:, None] * focal).sum(dim=1).mean()

    def _binary_focal(self, logits: Tensor, targets: Tensor, alpha: float) -> Tensor:
        """Mean focal loss over frames, with smoothed targets."""
        smooth = targets * (1 - self.SMOOTHING) + self.SMOOTHING / 2
        probability = logits.sigmoid()
        yes = alpha * (1 - probability) ** self.GAMMA * -F.logsigmoid(logits)
        no = (1 - alpha) * probability**self.GAMMA * -F.logsigmoid(-logits)
        return (smooth * yes + (1 - smooth) * no).mean()


def supervised_contrast(features: Tensor, kinds: Tensor, tau: float, most: int = 256) -> Tensor:
    """Pull features of one kind together, push those of other kinds away.

    Khosla et al., "Supervised Contrastive Learning", 2020, equation 2.

    Args:
        features: (F, C).
        kinds: Kind of each, (F,) int64.
        tau: Temperature.
        most: Features that are compared, drawn by chance.

    Returns:
        A scalar; 0 (with a gradient) if no kind has two features.
    """
    chosen = torch.randperm(len(kinds), device=kinds.device)[:most]
    features, kinds = F.normalize(features[chosen], dim=1), kinds[chosen]
    self_pair = torch.eye(len(kinds), dtype=torch.bool, device=kinds.device)
    likeness = (features @ features.T / tau).masked_fill(self_pair, -torch.inf)
    log_probability = likeness - likeness.logsumexp(dim=1, keepdim=True)
    same = (kinds[:, None] == kinds) & ~self_pair
    count = same.sum(dim=1)
    if not count.any():
        return features.sum() * 0
    pulled = log_probability.masked_fill(~same, 0).sum(dim=1)[count > 0] / count[count > 0]
    return -pulled.mean()
