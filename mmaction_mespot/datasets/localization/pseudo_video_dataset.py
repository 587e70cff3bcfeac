"""Sliding windows as videos of their own, for MMAction2's localizers."""

from __future__ import annotations

from typing import Any

from mmaction.registry import DATASETS

from mmaction_mespot.datasets.epoch_sampler import seeded
from mmaction_mespot.datasets.long_video_dataset import LongVideoDataset
from mmaction_mespot.datasets.window_geometry import visible_segments
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES

_RANDOM_WINDOWS = ('windows_per_epoch', 'balance', 'interval_jitter')


@DATASETS.register_module()
class PseudoVideoDataset(LongVideoDataset):
    """Sliding windows as pseudo-videos: what BMN, BSN and TCANet take for a video.

    Those localizers cut a video into a fixed number of bins; a window of ``clip_len`` positions has one bin a
    position, so that a micro-expression fills several. The windows slide in training, too (with ``stride``),
    since BSN's and TCANet's intermediate files are found by the window's name. A training window without
    events is left out: MMAction2's losses have no meaning without one.

    Args:
        test_mode: Keep the windows without events, and draw nothing at random. Defaults to False.
        **kwargs: Those of :class:`LongVideoDataset`, but for what concerns random windows.

    Raises:
        MESpotError: If an option of random windows is given, or no training window holds an event.
    """

    def __init__(self, test_mode: bool = False, **kwargs: Any) -> None:
        found = [name for name in _RANDOM_WINDOWS if name in kwargs]
        if found:
            raise MESpotError(f'PseudoVideoDataset: its windows slide, found the options {found}')
        self.training = not test_mode
        super().__init__(test_mode=True, **kwargs)

    def full_init(self) -> None:
        """Lay out the windows; for training, those with events."""
        if self._fully_initialized:
            return
        super().full_init()
        if self.training:
            count = len(self._windows)
            self._windows = [window for window in self._windows if self._shows_event(*window)]
            if not self._windows:
                raise MESpotError(f'{self.ann_file}: none of the {count} training windows holds an event')

    def get_data_info(self, idx: int) -> dict:
        """Give a window.

        Returns:
            What :class:`LongVideoDataset` gives, and MMAction2's keys of a localization data set:
            ``video_name`` (``v_<part>_<video>_<first frame>``), ``duration_frame`` and ``feature_frame``
            (positions of the window), ``duration_second``, ``annotations`` (``segment`` in seconds from the
            window's start, ``label`` a class name).
        """
        info = super().get_data_info(idx)
        seconds = info['frame_interval'] / info['fps']
        part = f'{info["part"]}_' if info['part'] else ''
        annotations = [
            dict(segment=[float(start) * seconds, float(end) * seconds], label=CLASSES[label])
            for (start, end), label in zip(info['gt_segments'], info['gt_labels'], strict=True)
        ]
        return dict(
            **info,
            video_name=f'v_{part}{info["video_id"]}_{round(info["window_start"]):06d}',
            duration_frame=info['clip_len'],
            feature_frame=info['clip_len'],
            duration_second=info['clip_len'] * seconds,
            annotations=annotations,
        )

    def prepare_data(self, idx: int) -> Any:
        """Give a window after the pipeline; random transforms depend on (seed, index) alone."""
        if not self.training:
            return super().prepare_data(idx)
        with seeded(self.seed, idx):
            return super().prepare_data(idx)

    def _shows_event(self, index: int, start: float) -> bool:
        """Whether a window has ground truth."""
        segments, interval = self.events[index].segments, self._intervals[index]
        return bool(visible_segments(segments, start, interval, self.clip_len, self.min_visible)[1].any())
