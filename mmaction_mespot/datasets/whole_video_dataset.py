"""The long videos of a prepared data set, each as one window."""

from __future__ import annotations

from typing import Any

import numpy as np
from mmaction.registry import DATASETS

from .prepared_dataset import PreparedDataset
from .video_events import VideoEvents


@DATASETS.register_module()
class WholeVideoDataset(PreparedDataset):
    """Whole videos of a prepared data set, for spotters that look at all of a video at once.

    Each video is one window: it starts at 0, has one position a frame, and as many as the video.

    Args:
        *args, **kwargs: Those of :class:`PreparedDataset`; the pipeline is :class:`LoadVideoFlow` and
            :class:`PackVideoFlow`.

    Raises:
        FileNotFoundError: If the annotation file or a stream of a chosen video is missing.
        MESpotError: If nobody is left.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, test_mode=True, **kwargs)

    def get_data_info(self, idx: int) -> dict:
        """Give a video.

        Returns:
            Names and rate of the video, ``window_start`` 0, ``frame_interval`` 1, ``clip_len`` (its frames),
            ``frame_inds`` (clip_len,), the ground truth ``video_segments`` (M, 2) in frames and
            ``video_labels`` (M,), and ``store_root``.
        """
        if not self._fully_initialized:
            self.full_init()
        video = self.data_list[idx]
        events = VideoEvents.from_annotation(video)
        return dict(
            video_id=video['video_id'],
            subject=video['subject'],
            part=self.part,
            fps=events.fps,
            total_frames=events.total_frames,
            window_start=0,
            frame_interval=1.0,
            clip_len=events.total_frames,
            frame_inds=np.arange(events.total_frames),
            video_segments=events.segments,
            video_labels=events.labels,
            store_root=self.store_root,
            sample_idx=idx,
        )
