"""The long videos of a prepared data set, each in stretches of a minute."""

from __future__ import annotations

from typing import Any

import numpy as np
from mmaction.registry import DATASETS

from mmaction_mespot.intervals.grid import stretches

from .prepared_dataset import PreparedDataset
from .window_sampler import VideoEvents


@DATASETS.register_module()
class WholeVideoDataset(PreparedDataset):
    """Whole videos of a prepared data set, for spotters that look at long stretches at once.

    A video of up to a minute is one window; a longer one has several that overlap by half
    (:func:`~mmaction_mespot.intervals.grid.stretches`), as in the spotting of one's own videos, so that
    both find the same. A window has one position per entry of the stream.

    Args:
        *args, **kwargs: Those of :class:`PreparedDataset`; the pipeline is :class:`LoadVideoFlow` and
            :class:`PackVideoFlow`.

    Raises:
        FileNotFoundError: If the annotation file or a stream of a chosen video is missing.
        MESpotError: If nobody is left.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, test_mode=True, **kwargs)

    def full_init(self) -> None:
        """Load the annotations, check that the streams are there, and lay out the stretches."""
        if self._fully_initialized:
            return
        super().full_init()
        self._events = [VideoEvents.from_annotation(video) for video in self.data_list]
        self._stretches = [
            (index, start, end)
            for index, events in enumerate(self._events)
            for start, end in stretches(events.total_frames, events.fps)
        ]

    def __len__(self) -> int:
        """Stretches of all videos."""
        if not self._fully_initialized:
            self.full_init()
        return len(self._stretches)

    def get_data_info(self, idx: int) -> dict:
        """Give a stretch of a video.

        Returns:
            Names and rate of the video, ``window_start``, ``frame_interval`` 1, ``clip_len`` (its entries),
            ``frame_inds`` (clip_len,), the ground truth ``video_segments`` (M, 2) in entries and
            ``video_labels`` (M,), the ``grid`` that leads back to the video's own frames, and ``store_root``.
        """
        if not self._fully_initialized:
            self.full_init()
        index, start, end = self._stretches[idx]
        video, events = self.data_list[index], self._events[index]
        return dict(
            video_id=video['video_id'],
            subject=video['subject'],
            part=self.part,
            fps=events.fps,
            total_frames=events.total_frames,
            window_start=start,
            frame_interval=1.0,
            clip_len=end - start,
            frame_inds=np.arange(start, end),
            video_segments=events.segments,
            video_labels=events.labels,
            grid=events.grid,
            store_root=self.store_root,
            sample_idx=idx,
        )
