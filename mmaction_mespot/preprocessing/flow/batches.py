"""TV-L1 of many pairs, several at a time on a torch device."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np

from mmaction_mespot.preprocessing.flow.compute import compute_flow
from mmaction_mespot.preprocessing.flow.tvl1 import TVL1Params


def compute_flows(
    pairs: Iterable[tuple[np.ndarray, np.ndarray]], method: str, device: str = 'cpu', batch: int = 32
) -> Iterator[np.ndarray]:
    """Optical flow of each pair, in order.

    Args:
        pairs: Grey images (H, W) uint8, all of one shape, the later one second.
        method: ``'tvl1'``, ``'tvl1-fast'``, and on the CPU ``'dis'``.
        device: ``'cpu'``: one pair at a time by :func:`compute_flow`; ``'cuda'``: ``batch`` pairs at a time
            in torch. Defaults to 'cpu'.
        batch: Pairs at a time; so many are read before the first flow comes out. Defaults to 32.

    Yields:
        (H, W, 2) float32, motion in px.
    """
    if device == 'cpu':
        for prev, next_ in pairs:
            yield compute_flow(prev, next_, method)
        return
    from mmaction_mespot.preprocessing.flow import tvl1_torch  # torch is slow to import

    params = TVL1Params.fast() if method == 'tvl1-fast' else TVL1Params()
    source = iter(pairs)
    while block := list(islice(source, batch)):
        prev, next_ = (np.stack(images) for images in zip(*block, strict=True))
        yield from tvl1_torch.tvl1_flow_batch(prev, next_, params, device)
