"""The long videos of a prepared data set, each in stretches of a minute."""

from __future__ import annotations

from typing import Any

from mmaction.registry import DATASETS

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.grid import (
    count_positions,
    frames_per_position,
    sampled_frames,
    stretches,
)

from .prepared_dataset import PreparedDataset


@DATASETS.register_module()
class WholeVideoDataset(PreparedDataset):
    """Whole videos of a prepared data set, for spotters that look at long stretches at once.

    A video of up to a minute is one window; a longer one has several that overlap by half
    (:func:`~mmaction_mespot.intervals.grid.stretches`), as in the spotting of one's own videos, so that
    both find the same.

    Args:
        *args, **kwargs: Those of :class:`PreparedDataset`; the pipeline is :class:`LoadVideoFlow` and
            :class:`PackVideoFlow`, or that of a network's windows.
        target_fps: Positions per second, for networks that were trained at that rate; the spotters without
            training take every entry of the stream. Defaults to None, one position per entry.

    Raises:
        FileNotFoundError: If the annotation file or a stream of a chosen video is missing.
        MESpotError: If nobody is left, or ``target_fps`` is not above 0.
    """

    def __init__(self, *args: Any, target_fps: float | None = None, **kwargs: Any) -> None:
        if target_fps is not None and not target_fps > 0:
            raise MESpotError(f'WholeVideoDataset: target_fps must be above 0, found {target_fps}')
        self.target_fps = target_fps
        super().__init__(*args, test_mode=True, **kwargs)

    def full_init(self) -> None:
        """Load the annotations, check that the streams are there, and lay out the stretches."""
        if self._fully_initialized:
            return
        super().full_init()
        self._stretches = [
            (index, start, end)
            for index, events in enumerate(self.events)
            for start, end in stretches(events.total_frames, events.fps)
        ]

    def __len__(self) -> int:
        """Stretches of all videos."""
        if not self._fully_initialized:
            self.full_init()
        return len(self._stretches)

    def get_data_info(self, idx: int) -> dict:
        """Give a stretch of a video as a window, see :meth:`describe_window`."""
        if not self._fully_initialized:
            self.full_init()
        index, start, end = self._stretches[idx]
        interval = frames_per_position(self.events[index].fps, self.target_fps)
        positions = count_positions(end - start, interval)
        frames = start + sampled_frames(0, positions, interval, end - start)
        window = self.describe_window(index, start, interval, frames, positions, min_visible=0.5)
        return dict(**window, sample_idx=idx)
