"""Networks on small pictures of motion, one per frame: SOFTNet and those that took over its input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from mmaction.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor, nn

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.models.layers.motion_pictures import contrast_normalised, flow_over, optical_strain

from .streams import take_stream

CHUNK = 256
"""Pictures that go through a network at a time in the test: a whole video takes too much memory at once."""


def in_chunks(network: nn.Module, pictures: Tensor) -> Tensor:
    """Run a network over pictures (F, ...), piece by piece unless it is in training."""
    if network.training or len(pictures) <= CHUNK:
        return network(pictures)
    return torch.cat([network(some) for some in pictures.split(CHUNK)])


class MotionPictures(BaseModule):
    """What these networks share: pictures (u, v, strain) between frames k apart, a network for each class.

    Args:
        steps: k of (MaE, ME), positions: half the mean length of the class.
        gap: Positions between the two pictures of a prepared flow field. Defaults to 4, that of the
            preparation at 30 positions per second.
        parts: Pictures stacked in one. Defaults to 2, brows above mouth.
        init_cfg: Initialisation of MMEngine. Defaults to None.

    Raises:
        MESpotError: If there is not one k of at least 1 for each class.
    """

    networks: nn.ModuleList

    def __init__(
        self, steps: Sequence[int], gap: float = 4.0, parts: int = 2, init_cfg: dict | None = None
    ) -> None:
        super().__init__(init_cfg)
        if len(steps) != len(CLASSES) or min(steps) < 1 or not gap > 0:
            raise MESpotError(
                f'{type(self).__name__}: steps of at least 1 position for each of {CLASSES} and a gap above '
                f'0 expected, found {tuple(steps)} and {gap}'
            )
        self.steps, self.gap, self.parts = tuple(steps), gap, parts

    def pictures(self, flow: Tensor, step: int) -> Tensor:
        """Motion over ``step`` positions around each frame, and its strain: (N * T, 3, H, W)."""
        moved = flow_over(flow, step, self.gap).transpose(1, 2).flatten(0, 1)
        return torch.cat([moved, optical_strain(moved, self.parts)], dim=1)

    def forward(self, inputs: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
        """Describe every frame for each class.

        Args:
            inputs: ``flow`` (N, 2, T, H, W) of the stream ``flow_patch``.

        Returns:
            One level (N, 2 * C, T): the features of the network for MaE, then those for ME.
        """
        flow = take_stream(inputs, 'flow', 2)
        features = [
            self.describe(network, flow, step)
            for network, step in zip(self.networks, self.steps, strict=True)
        ]
        return (torch.cat([one.unflatten(0, (len(flow), -1)) for one in features], 2).transpose(1, 2),)

    def describe(self, network: nn.Module, flow: Tensor, step: int) -> Tensor:
        """Features of every frame for one class, (N * T, C)."""
        return in_chunks(network, self.pictures(flow, step))


class ThreeStreams(nn.Module):
    """SOFTNet's layers: a convolution for each of u, v and strain, pooling, a fully connected layer.

    Args:
        size: Side of the pictures in px.
        features: Width of the fully connected layer.
    """

    FILTERS = (3, 5, 8)

    def __init__(self, size: int = 42, features: int = 400) -> None:
        super().__init__()
        self.size = size
        self.convs = nn.ModuleList(nn.Conv2d(1, filters, 5, padding=2) for filters in self.FILTERS)
        self.full = nn.Linear(sum(self.FILTERS) * (size // 3 // 2) ** 2, features)

    def forward(self, pictures: Tensor) -> Tensor:
        """(F, 3, H, W) to (F, features)."""
        if pictures.shape[2:] != (self.size, self.size):
            pictures = F.interpolate(pictures, (self.size, self.size), mode='bilinear', antialias=True)
        streams = [F.max_pool2d(F.relu(conv(pictures[:, i : i + 1])), 3) for i, conv in enumerate(self.convs)]
        return F.relu(self.full(F.max_pool2d(torch.cat(streams, dim=1), 2).flatten(1)))


@MODELS.register_module()
class SOFTNet(MotionPictures):
    """SOFTNet: three shallow streams for u, v and optical strain; one network for each class.

    As published: motion between frames k apart, k half the mean length of the class, as (u, v, strain) on
    brows and mouth stacked to 42 x 42 px, minus the motion of the nose, eyes masked; convolutions 5 x 5 with
    3, 5 and 8 filters, ReLU, max-pooling by 3, concatenation, max-pooling by 2, a fully connected layer of
    400; one output with a squared error (:class:`PeakHead`), one network for each class. Ours: the motion
    over k frames is the sum of the prepared flow and not computed anew; the pair lies around its frame and
    not behind it, so that the peak is the middle of the event.

    Source: Liong, See, Wong, Phan, "Shallow Optical Flow Three-Stream CNN for Macro- and Micro-Expression
    Spotting from Long Videos", ICIP 2021.

    Args:
        steps: k of (MaE, ME), positions. Defaults to (16, 6).
        size: Side of the pictures in px. Defaults to 42.
        features: Width of the fully connected layer. Defaults to 400.
        **kwargs: Those of :class:`MotionPictures`.
    """

    def __init__(
        self, steps: Sequence[int] = (16, 6), size: int = 42, features: int = 400, **kwargs: Any
    ) -> None:
        super().__init__(steps, **kwargs)
        self.networks = nn.ModuleList(ThreeStreams(size, features) for _ in CLASSES)


class _TwoGaps(nn.Module):
    """One :class:`ThreeStreams` on two pictures, and the layer that joins both."""

    def __init__(self, size: int, features: int) -> None:
        super().__init__()
        self.shared = ThreeStreams(size, features)
        self.join = nn.Linear(2 * features, 128)

    def forward(self, pairs: Tensor) -> Tensor:
        """(F, 2, 3, H, W) to (F, 128)."""
        both = self.shared(pairs.flatten(0, 1)).unflatten(0, (-1, 2))
        return F.relu(self.join(both.flatten(1)))


@MODELS.register_module()
class MTSN(MotionPictures):
    """MTSN: two SOFTNets of the same weights, on the motion over one frame and over k frames.

    As published: gaps of 1 and k, pictures of 28 x 28 px, a fully connected layer of 512 for each, 128, one
    output with a sigmoid, squared error. Ours: what :class:`SOFTNet` says of itself, and one network for each
    class.

    Source: Liong, Liong, See, Chan, "MTSN: A Multi-Temporal Stream Network for Spotting Facial Macro- and
    Micro-Expression with Hard and Soft Pseudo-Labels", FME workshop, ACM Multimedia 2022.

    Args:
        steps: k of (MaE, ME), positions. Defaults to (16, 6).
        size: Side of the pictures in px. Defaults to 28.
        features: Width of the fully connected layer. Defaults to 512.
        **kwargs: Those of :class:`MotionPictures`.
    """

    def __init__(
        self, steps: Sequence[int] = (16, 6), size: int = 28, features: int = 512, **kwargs: Any
    ) -> None:
        super().__init__(steps, **kwargs)
        self.networks = nn.ModuleList(_TwoGaps(size, features) for _ in CLASSES)

    def describe(self, network: nn.Module, flow: Tensor, step: int) -> Tensor:
        """Features of every frame for one class, (N * T, 128)."""
        return in_chunks(network, torch.stack([self.pictures(flow, gap) for gap in (1, step)], dim=1))


@MODELS.register_module()
class ReferenceFrameCNN(BaseModule):
    """3-D CNN of Yap et al.: each frame between two reference frames, with normalised local contrast.

    As published: the temporally oriented reference frame (each frame with one before and one after it, at
    distances from the mean lengths of MaE and ME: three frames a sample), and local contrast normalisation (a
    3 x 3 Gaussian of sigma 1; the mean is subtracted, the divisor is the larger of the deviation and its
    mean). Ours: the layers (two 3-D convolutions, pooling, a fully connected layer), which are not known, the
    size of the pictures, and the decision by :class:`PeakHead`.

    Source: Yap, Yap, Davison, Cunningham et al., "3D-CNN for Facial Micro- and Macro-expression Spotting on
    Long Video Sequences using Temporal Oriented Reference Frame", 2021, the paper's reference [26].

    Args:
        steps: Distance to the reference frames for (MaE, ME), positions: half the mean length. Defaults to
            (16, 6).
        channels: Filters of the two convolutions. Defaults to (16, 32).
        features: Width of the fully connected layer. Defaults to 128.
        init_cfg: Initialisation of MMEngine. Defaults to None.

    Raises:
        MESpotError: If there is not one distance of at least 1 for each class.
    """

    POOLED = 5

    def __init__(
        self,
        steps: Sequence[int] = (16, 6),
        channels: Sequence[int] = (16, 32),
        features: int = 128,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        if len(steps) != len(CLASSES) or min(steps) < 1:
            raise MESpotError(
                f'ReferenceFrameCNN: a distance of at least 1 for each of {CLASSES} expected, found {steps}'
            )
        self.steps = tuple(steps)
        first, second = channels
        self.networks = nn.ModuleList(
            nn.Sequential(
                nn.Conv3d(1, first, (2, 5, 5), padding=(0, 2, 2)),
                nn.ReLU(inplace=True),
                nn.MaxPool3d((1, 3, 3)),
                nn.Conv3d(first, second, (2, 3, 3), padding=(0, 1, 1)),
                nn.ReLU(inplace=True),
                nn.AdaptiveMaxPool3d((1, self.POOLED, self.POOLED)),
                nn.Flatten(),
                nn.Linear(second * self.POOLED**2, features),
                nn.ReLU(inplace=True),
            )
            for _ in CLASSES
        )

    def forward(self, inputs: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
        """Describe every frame for each class.

        Args:
            inputs: ``rgb`` (N, 3, T, H, W).

        Returns:
            One level (N, 2 * features, T).
        """
        rgb = take_stream(inputs, 'rgb', 3)
        batch, _, length, height, width = rgb.shape
        grey = rgb.mean(dim=1).view(batch * length, 1, height, width)
        normalised = contrast_normalised(grey).view(batch, length, height, width)
        features = [
            in_chunks(network, oriented_frames(normalised, step).flatten(0, 1)[:, None])
            for network, step in zip(self.networks, self.steps, strict=True)
        ]
        return (torch.cat([one.view(batch, length, -1) for one in features], dim=2).transpose(1, 2),)


def oriented_frames(frames: Tensor, step: int) -> Tensor:
    """Each frame between the one ``step`` before and the one ``step`` after it.

    Args:
        frames: (N, T, H, W).
        step: Distance of the reference frames; the ends stand for what lies beyond them.

    Returns:
        (N, T, 3, H, W): before, the frame, after.
    """
    at = torch.arange(frames.shape[1], device=frames.device)
    before, after = (at - step).clamp_min(0), (at + step).clamp_max(len(at) - 1)
    return torch.stack([frames[:, before], frames, frames[:, after]], dim=2)
