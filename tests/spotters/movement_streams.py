"""Streams of a face that moves at known times, as the movement spotter reads them."""

from __future__ import annotations

import numpy as np

from mmaction_mespot.preprocessing.faces.mesh import NUM_LANDMARKS
from mmaction_mespot.preprocessing.faces.shape import shape_points

FPS, GAP, CROP = 30.0, 4, 112


def streams_with(events: list[tuple[int, int, float]], frames: int) -> dict[str, np.ndarray]:
    """Flow of mouth corners that move by an amplitude (inter-ocular distances) and back, with some noise."""
    rng = np.random.default_rng(0)
    trace = np.zeros(frames + 1)
    for start, end, height in events:
        third, at = (end - start) / 3, np.arange(frames + 1)
        trace += height * 44.8 * np.clip(np.minimum((at - start) / third, (end - at) / third), 0, 1)
    flow = 0.02 * rng.standard_normal((frames, 14, 2))
    flow[:, 10:12, 1] -= GAP * np.diff(trace)[:, None]
    mesh = np.repeat(np.random.default_rng(1).uniform(10, 100, (1, NUM_LANDMARKS, 3)), frames, axis=0)
    mesh[:, (61, 185, 146, 291, 409, 375), 1] -= trace[1:, None]
    mesh += 0.1 * rng.standard_normal(mesh.shape)
    return {
        'flow_roi': flow.astype(np.float32),
        'head_motion': np.zeros((frames, 2), np.float32),
        'face_shape': shape_points(mesh),
    }
