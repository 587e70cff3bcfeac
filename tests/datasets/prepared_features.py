"""Writes made-up features beside a prepared set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from mmaction_mespot.annotations.schema import load_annotations
from mmaction_mespot.datasets.feature_store import FeatureWriter
from mmaction_mespot.intervals.grid import count_positions

STRIDES = (2, 4, 8)


def write_features(
    root: Path,
    folder: str,
    channels: Mapping[str, Sequence[int]],
    sizes: Sequence[int],
    clip_len: int,
    target_fps: float | None = None,
) -> Path:
    """Write levels of every video below ``root``: level i of a stream has the channels and cells named.

    The value of a position is its number on its level.
    """
    for video in load_annotations(root / 'annotations.json')['data_list']:
        fps, total = video['fps'], video['total_frames']
        interval = 1.0 if target_fps is None else fps / target_fps
        positions = max(-(-count_positions(total, interval) // 8) * 8, clip_len)
        with FeatureWriter(root / folder / f'{video["video_id"]}.h5', STRIDES, fps, interval) as writer:
            writer.append(
                {
                    stream: [
                        np.broadcast_to(
                            np.arange(positions // s, dtype=np.float32)[:, None, None, None],
                            (positions // s, width, size, size),
                        )
                        for s, width, size in zip(STRIDES, widths, sizes, strict=True)
                    ]
                    for stream, widths in channels.items()
                }
            )
            writer.finish(total, positions)
    return root / folder
