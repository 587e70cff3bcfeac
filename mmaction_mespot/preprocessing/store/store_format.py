"""What the writer and the reader of the store agree on: names, kinds and encodings.

A store file is one HDF5 file for one stream of one video.

| kind | ``data`` | beside it |
|---|---|---|
| ``rgb`` | the frames' JPEGs (quality 95), one after the other, uint8 | ``offsets`` (n + 1,) int64 |
| ``flow`` | (n, H, W, 2) int16 in steps of 1/32 px, shuffled and deflated, a chunk per frame | |
| ``face_shape`` | (n, points, 3) float32 (float16 is coarser than the mesh's noise), chunks of 64 frames | |
| any other | (n, ...) float16, chunks of 64 frames | |

Kinds that begin with ``flow`` may also hold ``rest_motion`` (n, 2) float32: the head motion, in px.
"""

from __future__ import annotations

import numpy as np

from mmaction_mespot.errors import MESpotError

FORMAT = 'mmaction_mespot stream'
VERSION = 1
OWN_ATTRS = ('format', 'version', 'kind', 'frame_shape', 'length')
DTYPES: dict[str, type[np.generic]] = {'rgb': np.uint8, 'flow': np.int16, 'face_shape': np.float32}
"""Types of the data by kind; any other is float16."""
DATA, OFFSETS, HEAD_MOTION = 'data', 'offsets', 'rest_motion'

JPEG_QUALITY = 95
BYTES_PER_JPEG_CHUNK = 1 << 17
FLOW_STEPS_PER_PIXEL = 32
FLOW_GZIP_LEVEL = 4
FRAMES_PER_SMALL_CHUNK = 64
MAX_FRAME_VALUES = 3 * 2048 * 2048
"""Most numbers in a frame."""


class StoreError(MESpotError):
    """A store file that cannot be written or read as asked; the message names the file."""


def quantise_flow(flow: np.ndarray) -> np.ndarray:
    """Round a flow field to the stored steps.

    Args:
        flow: Motion in px, floats of any shape.

    Returns:
        The same shape as int16, in steps of 1/32 px: an error of at most 1/64 px, rms 0.009 px.

    Raises:
        ValueError: No floats, or a value is not finite or lies beyond the 1023 px that int16 holds.
    """
    if not np.issubdtype(flow.dtype, np.floating):
        raise ValueError(f'flow is in floats (px), found {flow.dtype}')
    steps = np.rint(flow * np.float32(FLOW_STEPS_PER_PIXEL))
    largest, limit = float(np.abs(steps).max(initial=0)), np.iinfo(np.int16).max
    if not largest <= limit:  # NaN fails too
        px = FLOW_STEPS_PER_PIXEL
        raise ValueError(f'flow must be finite and within {limit // px} px, found {largest / px:g}')
    return steps.astype(np.int16)


def dequantise_flow(steps: np.ndarray) -> np.ndarray:
    """Turn stored int16 steps back into float32 px; the inverse of :func:`quantise_flow`."""
    flow = steps.astype(np.float32)
    flow *= np.float32(1 / FLOW_STEPS_PER_PIXEL)
    return flow


def to_stored(values: np.ndarray, kind: str) -> np.ndarray:
    """Round floats to the type that a kind is stored in.

    Raises:
        ValueError: The values are not floats, or not finite in that type (float16: beyond 65504).
    """
    if not np.issubdtype(values.dtype, np.floating):
        raise ValueError(f'frames of this kind are floats, found {values.dtype}')
    dtype = np.dtype(DTYPES.get(kind, np.float16))
    with np.errstate(over='ignore'):
        stored = values.astype(dtype)
    if not np.isfinite(stored).all():
        raise ValueError(f'values must be finite and within {float(np.finfo(dtype).max):.6g}')
    return stored


def from_stored(stored: np.ndarray) -> np.ndarray:
    """Turn stored floats back into float32."""
    return stored.astype(np.float32)
