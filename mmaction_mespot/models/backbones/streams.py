"""Access to the streams of a batch."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from mmaction_mespot.errors import MESpotError

STREAM_CHANNELS = dict(rgb=3, flow=2)
"""Channels of the streams, in the order in which backbones join them."""


def take_stream(inputs: Mapping[str, Tensor], name: str, channels: int) -> Tensor:
    """Pick one stream of a batch and check its shape.

    Args:
        inputs: Streams by name.
        name: Of the stream wanted.
        channels: Its number of channels.

    Returns:
        The stream, shape (N, channels, T, H, W).

    Raises:
        MESpotError: If the batch lacks the stream.
        MESpotError: If its shape is another one.
    """
    if name not in inputs:
        raise MESpotError(f'the backbone needs the stream {name!r}, the batch holds {sorted(inputs)}')
    stream = inputs[name]
    if stream.dim() != 5 or stream.shape[1] != channels:
        raise MESpotError(
            f'stream {name!r} must have the shape (N, {channels}, T, H, W), found {tuple(stream.shape)}'
        )
    return stream
