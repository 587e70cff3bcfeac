"""The time grid: frames of a video, instants of a window, positions of a pyramid level.

::

    frame     start            start + k          start + 2k
                |------------------|------------------|
    instant     0                  1                  2        frame = start + k * instant
    position    |        0         |        1         |        centre at instant i + 0.5
    level s=2   |                  0                  |        centre at instant (i + 0.5) * s

A window starts at frame ``start`` and takes every k-th frame (``frame_interval``, any positive number).
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import torch

Number = TypeVar('Number', float, np.ndarray, torch.Tensor)


def instants_to_frames(instants: Number, window_start: float, frame_interval: float) -> Number:
    """Map instants of a window to frames of the video: ``start + k * t``."""
    return window_start + frame_interval * instants


def frames_to_instants(frames: Number, window_start: float, frame_interval: float) -> Number:
    """Map frames of the video to instants of a window: ``(frame - start) / k``."""
    return (frames - window_start) / frame_interval


def frames_per_position(
    fps: float,
    target_fps: float | None = None,
    frame_interval: float | None = None,
    video_fps: float | None = None,
) -> float:
    """The interval k of a window: the entries of a stream from one position to the next.

    Args:
        fps: Entries per second of the stream.
        target_fps: Positions per second; goes before ``frame_interval``. Defaults to None.
        frame_interval: Frames **of the video** from one position to the next. Defaults to None, every entry.
        video_fps: Frames per second of the video, where the stream is sparser. Defaults to None: ``fps``.
    """
    if target_fps is not None:
        return fps / target_fps
    return 1.0 if frame_interval is None else float(frame_interval) * fps / (video_fps or fps)


def sampled_frames(
    window_start: float, clip_len: int, frame_interval: float, total_frames: int
) -> np.ndarray:
    """Frames that a window reads: ``floor(start + k (i + 0.5))``, clipped into the video.

    Args:
        window_start: First frame of the window (may lie outside the video).
        clip_len: Positions of the window.
        frame_interval: Frames between neighbouring positions.
        total_frames: Frames of the video.

    Returns:
        Frame indices, int64, shape (clip_len,).
    """
    positions = np.arange(clip_len, dtype=np.float64) + 0.5
    frames = np.floor(window_start + frame_interval * positions).astype(np.int64)
    return np.clip(frames, 0, total_frames - 1)


def level_positions(length: int, stride: float, device: torch.device | str | None = None) -> torch.Tensor:
    """Instants for which the positions of a pyramid level stand: ``(i + 0.5) * stride``.

    Args:
        length: Positions of the level.
        stride: Window positions per level position.
        device: Where the tensor lies. Defaults to None, torch's default.

    Returns:
        Instants of the window, float32, shape (length,).
    """
    return (torch.arange(length, dtype=torch.float32, device=device) + 0.5) * stride
