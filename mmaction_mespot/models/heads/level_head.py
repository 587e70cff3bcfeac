"""What the dense heads share: their input sequences and their candidates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from mmengine.dist import all_reduce
from mmengine.model import BaseModule
from mmengine.structures import InstanceData
from torch import Tensor, nn

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.intervals.grid import instants_to_frames
from mmaction_mespot.intervals.length_classes import label_by_length


class LevelHead(BaseModule):
    """Base of the heads that run densely over every level of a pyramid.

    A level is averaged over space. Levels of different widths, as raw features of a backbone have, are
    brought to one width by a 1x1 convolution each. A learned embedding is added to a level's sequence: the
    layers after it are shared, an event that fits its level looks alike on every one, and only the level says
    whether it is short (ME) or long (MaE).

    Args:
        in_channels: Channels of the levels: one number for all, or one each.
        num_levels: Number of levels.
        num_classes: 2 tells MaE from ME, 1 finds expressions and takes the class from the length.
        channels: Width to which levels of different widths are brought.
        score_floor: Candidates below it are not given out.
        top_k: Most candidates of a window.
        init_cfg: Initialisation of MMEngine. Defaults to None.

    Attributes:
        width: Channels of the sequences.

    Raises:
        MESpotError: If ``num_classes`` is neither 1 nor 2, or there is not one width for each level.
    """

    def __init__(
        self,
        in_channels: int | Sequence[int],
        num_levels: int,
        num_classes: int,
        channels: int,
        score_floor: float,
        top_k: int,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        if num_classes not in (1, len(CLASSES)):
            raise MESpotError(
                f'{type(self).__name__}: num_classes must be 1 or {len(CLASSES)}, found {num_classes}'
            )
        self.num_classes = num_classes
        self.score_floor = score_floor
        self.top_k = top_k
        self.projections: nn.ModuleList | None = None
        if isinstance(in_channels, int):
            self.width = in_channels
        else:
            if len(in_channels) != num_levels:
                raise MESpotError(
                    f'{type(self).__name__}: in_channels={tuple(in_channels)} for {num_levels} levels'
                )
            self.width = channels
            self.projections = nn.ModuleList(nn.Conv1d(each, channels, 1) for each in in_channels)
        self.level_embeddings = nn.Parameter(0.1 * torch.randn(num_levels, self.width))

    def sequences(self, features: Sequence[Tensor]) -> list[Tensor]:
        """Average the levels over space and mark them.

        Args:
            features: Levels, fine to coarse, each (N, C, T_l, H_l, W_l) or (N, C, T_l).

        Returns:
            One (N, width, T_l) a level.

        Raises:
            MESpotError: If the number of levels is another one.
        """
        if len(features) != len(self.level_embeddings):
            raise MESpotError(
                f'{type(self).__name__} takes {len(self.level_embeddings)} levels, found {len(features)}'
            )
        levels = [feature.flatten(3).mean(dim=3) if feature.dim() == 5 else feature for feature in features]
        if self.projections is not None:
            levels = [project(level) for project, level in zip(self.projections, levels, strict=True)]
        return [
            level + embedding[:, None] for level, embedding in zip(levels, self.level_embeddings, strict=True)
        ]

    def candidates(self, probabilities: Tensor, segments: Tensor, sample: Any) -> InstanceData:
        """Choose the best candidates of one window.

        Args:
            probabilities: Of each position and class, shape (A, num_classes).
            segments: In window instants, shape (A, 2).
            sample: The window's data sample, with the metainfo ``window_start``, ``frame_interval``,
                ``total_frames``, and ``fps`` where ``num_classes`` is 1.

        Returns:
            ``segments`` (M, 2), half-open, in the video's frames, within ``[0, total_frames]``; ``scores``
            (M,), falling; ``labels`` (M,).

        Raises:
            MESpotError: If the data sample lacks one of these metainfo keys.
        """
        start, interval, total = (
            self.metainfo(sample, key) for key in ('window_start', 'frame_interval', 'total_frames')
        )
        frames = instants_to_frames(segments, start, interval).clamp(0, total)
        usable = (probabilities >= self.score_floor) & (frames[:, 1] > frames[:, 0])[:, None]
        position, label = usable.nonzero(as_tuple=True)
        scores, best = probabilities[position, label].sort(descending=True, stable=True)
        best = best[: self.top_k]
        frames, label = frames[position[best]], label[best]
        if self.num_classes == 1:
            by_length = label_by_length(frames.cpu().numpy(), self.metainfo(sample, 'fps'))
            label = torch.from_numpy(by_length).to(label.device)
        return InstanceData(segments=frames, scores=scores[: self.top_k], labels=label)

    @staticmethod
    def count_positives(positive: Tensor) -> Tensor:
        """Count the positives of a batch, as the mean over the processes.

        So the averaged gradients of several processes equal those of one large batch.

        Args:
            positive: Boolean, of any shape.

        Returns:
            A float32 scalar.
        """
        count = positive.sum().float()
        all_reduce(count, 'mean')
        return count

    def metainfo(self, sample: Any, key: str) -> float:
        """Read one number of a data sample's metainfo, see :func:`read_metainfo`."""
        return read_metainfo(self, sample, key)


def read_metainfo(head: object, sample: Any, key: str) -> float:
    """Read one number of a data sample's metainfo.

    Args:
        head: Whose name stands in the message.
        sample: The data sample of a window.
        key: Of the metainfo.

    Raises:
        MESpotError: If it is not there.
    """
    if key not in sample.metainfo:
        raise MESpotError(
            f'{type(head).__name__} needs the metainfo {key!r} of the window of video '
            f'{sample.metainfo.get("video_id", "(unnamed)")!r}, found {sorted(sample.metainfo)}; '
            'PackSpottingInputs sets it'
        )
    return float(sample.metainfo[key])
