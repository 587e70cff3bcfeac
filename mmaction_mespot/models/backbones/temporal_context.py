"""How much of its surroundings a backbone sees along time, and cutting those surroundings off."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.backbones.streams import STREAM_CHANNELS

MAX_PROBE_LENGTH = 1024


@dataclass(frozen=True)
class TemporalContext:
    """What a window needs so that its features do not depend on where it was cut out.

    Attributes:
        strides: Positions of the input for one position of each level, fine to coarse.
        context: Positions that a window needs on each side; a multiple of the coarsest stride.
    """

    strides: tuple[int, ...]
    context: int

    @property
    def align(self) -> int:
        """The coarsest stride: windows that start at its multiples share their features."""
        return max(self.strides)


def crop_context(features: Sequence[Tensor], length: int, context: int) -> tuple[Tensor, ...]:
    """Cut the context off a backbone's levels.

    Args:
        features: Levels (N, C, T_l, H, W) of an input of ``length`` positions, T_l = length / stride.
        length: Positions of the input, the context on both sides included.
        context: Positions to cut off on each side.

    Returns:
        Levels of the ``length - 2 * context`` positions between.

    Raises:
        MESpotError: If the context or the length is no multiple of a level's stride.
    """
    if context == 0:
        return tuple(features)
    cropped = []
    for level in features:
        stride, rest = divmod(length, level.shape[2])
        if rest or context % stride:
            raise MESpotError(
                f'context and clip_len must be multiples of the coarsest stride of the backbone: found '
                f'context={context} and {length - 2 * context} positions for a level of {level.shape[2]} '
                f'positions (of {length})'
            )
        margin = context // stride
        cropped.append(level[:, :, margin : level.shape[2] - margin])
    return tuple(cropped)


def probe_context(backbone: nn.Module, sizes: Mapping[str, int]) -> TemporalContext:
    """Measure the strides and the receptive field of a backbone along time.

    A NaN in one position of the input spreads to every position of the levels that reads it, whatever the
    weights are. One position after the other of a period of the coarsest stride is tried.

    Args:
        backbone: Takes the dict of streams, gives the levels. A copy of it runs, on the CPU.
        sizes: Height and width by stream (``rgb``, ``flow``), as small as the backbone takes.

    Returns:
        The strides, and the context: the farthest that a level's position looks beyond the positions that it
        stands for, rounded up to the coarsest stride.

    Raises:
        MESpotError: If a level's position sees more than 1024 positions (as with attention over all of the
            time), or a stride is no whole number.
    """
    probed = copy.deepcopy(backbone).cpu().float()
    probed.eval()
    length = 64
    while length <= MAX_PROBE_LENGTH:
        found = _probe(probed, sizes, length)
        if found is not None:
            return found
        length *= 2
    raise MESpotError(
        f'{type(backbone).__name__}: its receptive field along time is larger than {MAX_PROBE_LENGTH} '
        'positions; windows cannot share its features exactly. Give a context by hand'
    )


def _probe(backbone: nn.Module, sizes: Mapping[str, int], length: int) -> TemporalContext | None:
    """Probe with inputs of that length; None if they are too short."""
    with torch.no_grad():
        clean = backbone(_inputs(sizes, length, None))
        strides = []
        for level in clean:
            stride, rest = divmod(length, level.shape[2])
            if rest:
                raise MESpotError(
                    f'{type(backbone).__name__}: a level has {level.shape[2]} positions for {length} of the '
                    'input, expected a whole stride'
                )
            strides.append(stride)
        align = max(strides)
        reach = 0
        for position in range(length // 2, length // 2 + align):
            for stride, level in zip(strides, backbone(_inputs(sizes, length, position)), strict=True):
                touched = level.isnan().any(dim=1).any(dim=0).flatten(1).any(dim=1).nonzero().flatten()
                first, last = int(touched[0]), int(touched[-1])
                if first == 0 or last == level.shape[2] - 1:
                    return None
                reach = max(reach, last * stride - position, position - ((first + 1) * stride - 1))
    return TemporalContext(tuple(strides), -(-reach // align) * align)


def _inputs(sizes: Mapping[str, int], length: int, spoilt: int | None) -> dict[str, Tensor]:
    """Zeros of every stream, one position of them NaN."""
    inputs = {name: torch.zeros(1, STREAM_CHANNELS[name], length, size, size) for name, size in sizes.items()}
    if spoilt is not None:
        for stream in inputs.values():
            stream[:, :, spoilt] = float('nan')
    return inputs
