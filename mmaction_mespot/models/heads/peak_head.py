"""One score per frame and class, decided by the peaks of the curve over the whole video."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from mmaction.registry import MODELS
from mmengine.model import BaseModule
from mmengine.structures import InstanceData
from torch import Tensor, nn

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.intervals.grid import instants_to_frames
from mmaction_mespot.intervals.peaks import moving_mean, peak_intervals

from .level_head import read_metainfo


@MODELS.register_module()
class PeakHead(BaseModule):
    """Score every frame for each class; peaks of the smoothed curve are the middles of events.

    The decision of SOFTNet, MTSN, SL-Swin, ME-TST and the 3-D CNN of Yap et al.: the curve is smoothed over 2
    k frames, k half the mean length of the class; its peaks, k apart, above ``mean + p (max - mean)`` of the
    video are events from k before to k after. The score of an event is the p up to which its peak is kept, so
    the threshold chosen on validation people is p (published .55, SL-Swin .60). Since mean and maximum are
    the video's, a validation or test window is a whole video, of a long one a minute
    (:class:`WholeVideoDataset`).

    In training a frame's target is 1 if the pair of frames k apart around it overlaps an event of the
    class, else 0; a share of the frames without an event is left out by chance.

    Args:
        in_channels: Channels of the level.
        step_s: k of (MaE, ME), seconds. Defaults to (0.55, 0.21), half of the mean lengths.
        separate: Half of the channels belongs to each class (one network a class). Defaults to False, both
            classes see all.
        sigmoid: Whether a sigmoid bounds the scores. Defaults to False, as in SOFTNet.
        entropy_weight: Share of the cross-entropy in the loss, the rest is the squared error; above 0 it
            needs ``sigmoid``. Defaults to 0.
        keep_negatives: Share of the frames without an event that counts. Defaults to 0.5.
        init_cfg: Initialisation of MMEngine. Defaults to None.

    Raises:
        MESpotError: If an option is out of its range.
    """

    def __init__(
        self,
        in_channels: int,
        step_s: Sequence[float] = (0.55, 0.21),
        separate: bool = False,
        sigmoid: bool = False,
        entropy_weight: float = 0.0,
        keep_negatives: float = 0.5,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        if len(step_s) != len(CLASSES) or min(step_s) <= 0:
            raise MESpotError(
                f'PeakHead: step_s needs positive seconds for each of {CLASSES}, found {step_s}'
            )
        if not 0 < keep_negatives <= 1 or not 0 <= entropy_weight <= 1 or (entropy_weight and not sigmoid):
            raise MESpotError(
                'PeakHead: 0 < keep_negatives <= 1 and 0 <= entropy_weight <= 1 (above 0 with sigmoid=True) '
                f'expected, found {keep_negatives}, {entropy_weight} and sigmoid={sigmoid}'
            )
        self.step_s = tuple(step_s)
        self.sigmoid, self.entropy_weight, self.keep_negatives = sigmoid, entropy_weight, keep_negatives
        self.score = nn.Conv1d(in_channels, len(CLASSES), 1, groups=len(CLASSES) if separate else 1)

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        """Score every frame.

        Args:
            features: One level of full length, (N, C, T) or (N, C, T, H, W).

        Returns:
            (N, 2, T); with ``sigmoid``, before it.

        Raises:
            MESpotError: If there is more than one level.
        """
        if len(features) != 1:
            raise MESpotError(f'PeakHead takes one level of full length, found {len(features)}')
        (level,) = features
        return self.score(level.flatten(3).mean(dim=3) if level.dim() == 5 else level)

    def targets(self, length: int, sample: Any) -> Tensor:
        """Which frames belong to an event of each class.

        Args:
            length: T.
            sample: Data sample of the window.

        Returns:
            float32 (2, T): 1 where ``[t - k / 2, t + k / 2]`` around the frame's middle overlaps an event.
        """
        segments, labels = sample.gt_instances.segments, sample.gt_instances.labels
        rate = read_metainfo(self, sample, 'fps') / read_metainfo(self, sample, 'frame_interval')
        middles = torch.arange(length, device=segments.device) + 0.5
        found = []
        for label, step_s in enumerate(self.step_s):
            own = segments[labels == label]
            half = step_s * rate / 2
            found.append(((middles + half > own[:, :1]) & (middles - half < own[:, 1:])).any(dim=0))
        return torch.stack(found).float()

    def loss(self, features: Sequence[Tensor], data_samples: Sequence[Any]) -> dict[str, Tensor]:
        """Compare the scores with the targets.

        Args:
            features: One level of full length.
            data_samples: One data sample per window, with ``gt_instances`` and the metainfo ``fps`` and
                ``frame_interval``.

        Returns:
            ``loss_score``, and ``positives``, the share of frames with an event (for the log).
        """
        scores = self(features).float()
        targets = torch.stack([self.targets(scores.shape[2], sample) for sample in data_samples]).to(scores)
        counted = (targets > 0) | (torch.rand_like(targets) < self.keep_negatives)
        values = scores.sigmoid() if self.sigmoid else scores
        loss = (1 - self.entropy_weight) * (values - targets) ** 2
        if self.entropy_weight:
            entropy = F.binary_cross_entropy_with_logits(scores, targets, reduction='none')
            loss = loss + self.entropy_weight * entropy
        return dict(loss_score=(loss * counted).sum() / counted.sum().clamp(min=1), positives=targets.mean())

    def predict(self, features: Sequence[Tensor], data_samples: Sequence[Any]) -> list[InstanceData]:
        """Find the peaks of every video.

        Args:
            features: One level of full length.
            data_samples: One data sample per video, with the metainfo ``fps``, ``frame_interval``,
                ``window_start`` and ``total_frames``.

        Returns:
            For each ``segments`` in frames, ``scores`` and ``labels``.
        """
        scores = self(features).detach().float()
        curves = (scores.sigmoid() if self.sigmoid else scores).cpu().numpy().astype(np.float64)
        found = []
        for curve, sample in zip(curves, data_samples, strict=True):
            fps, interval, start, total = (
                read_metainfo(self, sample, key)
                for key in ('fps', 'frame_interval', 'window_start', 'total_frames')
            )
            parts = []
            for label, step_s in enumerate(self.step_s):
                half = step_s * fps / interval
                smooth = moving_mean(curve[label], max(1, round(2 * half)))
                segments, own = peak_intervals(smooth, half)
                frames = np.clip(instants_to_frames(segments, start, interval), 0, total)
                parts.append((frames, own, np.full(len(own), label)))
            frames, own, labels = (np.concatenate(column) for column in zip(*parts, strict=True))
            found.append(
                InstanceData(
                    segments=torch.from_numpy(frames),
                    # As exact as the buffer of the thresholds, so that a score equal to one stays equal.
                    scores=torch.from_numpy(own.astype(np.float32)),
                    labels=torch.from_numpy(labels),
                )
            )
        return found
