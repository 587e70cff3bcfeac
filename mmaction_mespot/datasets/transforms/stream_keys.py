"""What all transforms of streams share."""

from __future__ import annotations

from typing import Any

from mmaction_mespot.errors import MESpotError

STREAMS = ('rgb', 'flow')


def stream_keys(results: dict[str, Any], transform: object) -> list[str]:
    """Give the streams that are there.

    Raises:
        MESpotError: If there is none.
    """
    keys = [key for key in STREAMS if key in results]
    if not keys:
        raise MESpotError(
            f'{type(transform).__name__}: no stream to work on, expected rgb or flow from LoadStreams before'
        )
    return keys


def common_size(results: dict[str, Any], transform: object) -> tuple[int, int]:
    """Give height and width of the streams.

    Raises:
        MESpotError: If the streams differ in size.
    """
    sizes = {key: results[key].shape[1:3] for key in stream_keys(results, transform)}
    if len(set(sizes.values())) > 1:
        raise MESpotError(f'{type(transform).__name__}: found sizes {sizes}, expected one for all streams')
    height, width = next(iter(sizes.values()))
    return height, width


def crop(results: dict[str, Any], keys: list[str], top: int, left: int, size: int) -> None:
    """Cut the same square out of every stream, in place."""
    for key in keys:
        results[key] = results[key][:, top : top + size, left : left + size]
