"""Weights of MMAction2's recognisers for the streams of a spotting network."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from mmengine.logging import print_log
from mmengine.runner.checkpoint import _load_checkpoint
from torch import Tensor, nn

from mmaction_mespot.errors import MESpotError

PREFIX = 'backbone.'


def load_pretrained_stream(
    stream: nn.Module, checkpoint: str, name: str, allow_mismatch: bool = False
) -> None:
    """Load the backbone of a recogniser into one stream, every key matched.

    The checkpoint's keys ``backbone.*`` are taken (all keys, if there are none of these: a bare backbone). A
    first convolution of other input channels, the flow stream's, is averaged
    (:func:`average_input_channels`). The log says how many keys matched and which were left aside.

    Args:
        stream: The stream's backbone, changed in place.
        checkpoint: Path or URL that MMEngine can read; a zoo file such as
            ``i3d_imagenet-pretrained-r50_8xb8-32x2x1-100e_kinetics400-rgb_20220812-e213c223.pth``.
        name: Of the stream, for the messages.
        allow_mismatch: Load the keys that fit and log the names of the others. Defaults to False.

    Raises:
        MESpotError: If nothing fits, or, unless allowed, a key is missing, left over, or of another shape;
            the message names examples.
    """
    content = _load_checkpoint(checkpoint, map_location='cpu')
    weights: Mapping[str, Tensor] = content.get('state_dict', content)
    taken = {key.removeprefix(PREFIX): value for key, value in weights.items() if key.startswith(PREFIX)}
    aside = sorted(set(weights) - {PREFIX + key for key in taken}) if taken else []
    taken = taken or dict(weights)
    target = stream.state_dict()

    averaged = [key for key in taken if key in target and _differ_in_input_channels(taken[key], target[key])]
    if len(averaged) == 1:
        key = averaged[0]
        taken[key] = average_input_channels(taken[key], target[key].shape[1])

    problems = {
        'missing in the file': [key for key in target if key not in taken],
        'unknown to the stream': [key for key in taken if key not in target],
        'of another shape': [
            f'{key} {tuple(taken[key].shape)} instead of {tuple(target[key].shape)}'
            for key in target
            if key in taken and taken[key].shape != target[key].shape
        ],
    }
    mismatch = any(problems.values())
    fitting = {key: taken[key] for key in target if key in taken and taken[key].shape == target[key].shape}
    if mismatch and not (allow_mismatch and fitting):
        found = _describe(problems, examples=3)
        raise MESpotError(f'{checkpoint} does not fit the {name} stream ({type(stream).__name__}): {found}')

    stream.load_state_dict({**target, **fitting})
    message = f'{name} stream: {len(fitting)} of {len(target)} keys matched from {checkpoint}'
    if averaged and averaged[0] in fitting:
        message += f'; {averaged[0]} averaged to {target[averaged[0]].shape[1]} input channels'
    if aside:
        message += f'; {len(aside)} keys outside the backbone left aside: {", ".join(aside[:3])}'
    if mismatch:
        message += f'; allowed: {_describe(problems)}'
    print_log(message, logger='current', level=logging.WARNING if mismatch else logging.INFO)


def _describe(problems: Mapping[str, list[str]], examples: int | None = None) -> str:
    """List the keys that do not match, all of them or some examples of each kind."""
    kind = 'e.g. ' if examples is not None else ''
    return '; '.join(
        f'{len(keys)} keys {what}, {kind}{", ".join(keys[:examples])}'
        for what, keys in problems.items()
        if keys
    )


def average_input_channels(kernel: Tensor, in_channels: int) -> Tensor:
    """Adapt a kernel to another number of input channels.

    The cross-modality initialisation of TSN (Wang et al. 2016). The mean over the old input channels is
    repeated over the new ones and multiplied by old / new, so that the kernel's sum over its input channels,
    and with it the scale of the activations, stays.

    Args:
        kernel: Shape (O, I, ...).
        in_channels: The new I.

    Returns:
        Shape (O, in_channels, ...).
    """
    mean = kernel.mean(dim=1, keepdim=True) * (kernel.shape[1] / in_channels)
    return mean.repeat_interleave(in_channels, dim=1)


def _differ_in_input_channels(source: Tensor, target: Tensor) -> bool:
    """Whether two convolution kernels differ in the input channels only."""
    return (
        source.dim() == target.dim() == 5
        and source.shape[0] == target.shape[0]
        and source.shape[1] != target.shape[1]
        and source.shape[2:] == target.shape[2:]
    )
