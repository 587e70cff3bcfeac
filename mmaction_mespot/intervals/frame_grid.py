"""The working grid of a video: evenly spaced positions, each of which shows one of the video's own frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from mmaction_mespot.errors import MESpotError


@dataclass(frozen=True)
class FrameGrid:
    """Positions at a constant rate, and the frame of the video that each one shows.

    A video of 60 or 200 frames per second is seen at a whole fraction of its rate; one whose frames do not
    come evenly is seen evenly, so that a frame may be shown twice or not at all. All that is computed lies on
    the grid; all that a user reads is in the video's own frames.

    Attributes:
        fps: Positions per second.
        positions: Number of positions.
        video_fps: Frames per second of the video.
        total_frames: Frames of the video.
        runs: Stretches ``(position, frame, step)``: from this position on, up to the next stretch, the frame
            rises by ``step``.

    Raises:
        MESpotError: If the stretches do not begin at position 0, or their frames fall or leave the video.
    """

    fps: float
    positions: int
    video_fps: float
    total_frames: int
    runs: tuple[tuple[int, int, int], ...]

    def __post_init__(self) -> None:
        starts = [run[0] for run in self.runs]
        if not starts or starts[0] != 0 or sorted(set(starts)) != starts or starts[-1] >= self.positions:
            raise MESpotError(
                f'grid: found stretches from {starts[:5]}, expected rising ones from 0 on, below '
                f'{self.positions} positions'
            )
        frames = self.frames
        if (np.diff(frames) < 0).any() or frames[0] < 0 or frames[-1] >= self.total_frames:
            raise MESpotError(
                f'grid: found frames {frames[0]} to {frames[-1]}, expected rising ones, below '
                f'{self.total_frames}'
            )

    @classmethod
    def from_frames(cls, frames: np.ndarray, fps: float, total_frames: int, video_fps: float) -> FrameGrid:
        """Make the grid of a video.

        Args:
            frames: Frame that each position shows, (n,), not falling.
            fps: Positions per second.
            total_frames: Frames of the video.
            video_fps: Its frames per second.
        """
        frames = np.asarray(frames, np.int64)
        steps = np.diff(frames, append=frames[-1:] + 1)
        runs: list[tuple[int, int, int]] = []
        position = 0
        # A stretch goes up to where the step is another one; the frame after that step begins the next.
        changes = np.flatnonzero(steps[1:] != steps[:-1]) + 1
        for change in [*changes.tolist(), len(frames)]:
            if change < position:
                continue
            runs.append((position, int(frames[position]), int(steps[position])))
            position = change + 1
            if position >= len(frames):
                break
        return cls(float(fps), len(frames), float(video_fps), int(total_frames), tuple(runs))

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any], video_fps: float, total_frames: int) -> FrameGrid:
        """Read what :meth:`to_dict` gave, beside the rate and the length that the video's entry has."""
        runs = tuple((int(p), int(f), int(s)) for p, f, s in entry['runs'])
        return cls(float(entry['fps']), int(entry['positions']), float(video_fps), total_frames, runs)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, without the rate and the length of the video."""
        return {'fps': self.fps, 'positions': self.positions, 'runs': [list(run) for run in self.runs]}

    @property
    def is_plain(self) -> bool:
        """Whether the positions are the frames, one for one."""
        return self.positions == self.total_frames and self.runs == ((0, 0, 1),)

    @cached_property
    def frames(self) -> np.ndarray:
        """Frame that each position shows, int64, (positions,)."""
        bounds = [*(run[0] for run in self.runs[1:]), self.positions]
        parts = [
            frame + step * np.arange(end - start)
            for (start, frame, step), end in zip(self.runs, bounds, strict=True)
        ]
        return np.concatenate(parts).astype(np.int64)

    def to_frames(self, instants: np.ndarray) -> np.ndarray:
        """Turn instants of the grid into instants of the video's frames, float64, the same shape."""
        return np.interp(instants, np.arange(self.positions + 1), self._edges)

    def to_positions(self, instants: np.ndarray) -> np.ndarray:
        """Turn instants of the video's frames into instants of the grid, float64, the same shape.

        A frame that is shown more than once begins where it is first shown.
        """
        values, first = np.unique(self._edges, return_index=True)
        return np.interp(instants, values, first)

    def intervals_to_frames(self, segments: np.ndarray) -> np.ndarray:
        """Turn half-open intervals of the grid, (M, 2), into such of frames; none becomes empty."""
        found = self.to_frames(np.asarray(segments, np.float64).reshape(-1, 2))
        empty = found[:, 1] <= found[:, 0]
        found[empty, 0] = np.minimum(np.floor(found[empty, 0]), self.total_frames - 1)
        found[empty, 1] = found[empty, 0] + 1
        return found

    def intervals_to_positions(self, segments: np.ndarray) -> np.ndarray:
        """Turn half-open intervals of frames, (M, 2), into such of the grid; none becomes empty."""
        found = self.to_positions(np.asarray(segments, np.float64).reshape(-1, 2))
        empty = found[:, 1] <= found[:, 0]
        found[empty, 0] = np.minimum(np.floor(found[empty, 0]), self.positions - 1)
        found[empty, 1] = found[empty, 0] + 1
        return found

    def positions_of(self, frames: np.ndarray) -> np.ndarray:
        """Position at which each frame, or the last one before it, is first shown; int64."""
        before = np.searchsorted(self.frames, frames, side='right') - 1
        shown = self.frames[np.maximum(before, 0)]
        return np.searchsorted(self.frames, shown, side='left').astype(np.int64)

    @property
    def _edges(self) -> np.ndarray:
        return np.append(self.frames, self.total_frames)


def grid_of(video: Mapping[str, Any]) -> FrameGrid | None:
    """The grid that an annotation entry was prepared on; None where the positions are the frames."""
    entry = video.get('grid')
    return None if entry is None else FrameGrid.from_dict(entry, video['fps'], video['total_frames'])
