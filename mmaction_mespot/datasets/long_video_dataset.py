"""Windows of long videos from a prepared data set."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from mmaction.registry import DATASETS
from mmengine.logging import print_log

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.grid import frames_per_position

from .epoch_sampler import seeded
from .prepared_dataset import PreparedDataset
from .window_layout import WindowLayout
from .window_sampler import WindowSampler


@DATASETS.register_module()
class LongVideoDataset(PreparedDataset):
    """Windows of the long videos of a prepared data set (what ``tools/prepare.py`` writes).

    A window starts at frame ``start`` and has ``clip_len`` positions, ``frame_interval`` = k frames apart:
    position i reads frame ``floor(start + k (i + 0.5))``, its instant t is frame ``start + k t``. Frames are
    entries of the prepared streams here: of a video of 60 or 200 frames per second, or one whose frames do
    not come evenly, the positions of its working grid; ``grid`` leads back to its own frames.

    For training, ``windows_per_epoch`` windows are drawn: around a random MaE, around a random ME, or where
    there is no event, in the proportion of ``balance``. Drawing and all random transforms are seeded by
    (seed, index), and :class:`EpochSampler` gives every epoch indices of its own. For validation and test the
    windows slide over each video by ``stride`` positions, the last one flush with its end.

    Args:
        ann_file: The annotation file, below ``data_root``. The streams lie beside it. Defaults to
            'annotations.json'.
        pipeline: Transforms; they begin with :class:`LoadStreams` and end with :class:`PackSpottingInputs`.
        data_root: Folder of the prepared data set. Defaults to ''.
        clip_len: Positions of a window. Defaults to 128.
        stride: Positions between the starts of sliding windows. Defaults to None, half a window.
        frame_interval: Frames between positions; above 0, need not be whole. Defaults to None, which is 1
            unless ``target_fps`` is given.
        target_fps: Positions per second, for videos of mixed frame rates: ``frame_interval = fps /
            target_fps``. Defaults to None.
        interval_jitter: Range of a random factor on the interval of a training window (log-uniform): events
            become slower and faster. The flow keeps its values: it is measured over the gap of the
            preparation, not over the interval. Defaults to None.
        windows_per_epoch: Length of a training epoch. Defaults to None, as many as sliding windows.
        balance: Weight of the training windows with a ``MaE``, with an ``ME``, with ``none``. Defaults to
            equal weights.
        context: Positions on each side of a window that only the backbone sees (``MESpotter(context=...)``):
            ``frame_inds`` then has ``clip_len + 2 * context`` entries; beyond the ends of the video its first
            and last frame stand. Defaults to 0.
        align: Start windows at multiples of so many positions of the video's own grid (see
            :mod:`mmaction_mespot.intervals.grid`), so that windows can share a backbone's features:
            its coarsest stride. A training window is moved to the nearest such start. Defaults to None, any
            frame.
        min_visible: Share of an event that has to lie in a window to count as its ground truth; by less than
            half, its true boundaries could not be told. Defaults to 0.5.
        seed: Seed of the draws. Defaults to None, the seed of the run (``randomness.seed`` of the config).
        test_mode: Sliding instead of random windows. Defaults to False.
        **kwargs: Passed to :class:`PreparedDataset`: ``split``, ``fold``, ``include_subjects`` and
            ``exclude_subjects`` choose the people; ``lazy_init``, ``indices`` (of videos) and others.

    Raises:
        FileNotFoundError: If the annotation file or a stream of a chosen video is missing.
        MESpotError: If options contradict each other or nobody is left.
    """

    def __init__(
        self,
        ann_file: str = 'annotations.json',
        pipeline: Sequence[dict | Callable] = (),
        data_root: str = '',
        clip_len: int = 128,
        stride: int | None = None,
        frame_interval: float | None = None,
        target_fps: float | None = None,
        interval_jitter: tuple[float, float] | None = None,
        windows_per_epoch: int | None = None,
        balance: Mapping[str, float] | None = None,
        context: int = 0,
        align: int | None = None,
        min_visible: float = 0.5,
        seed: int | None = None,
        test_mode: bool = False,
        **kwargs: Any,
    ) -> None:
        if frame_interval is not None and target_fps is not None:
            raise MESpotError(
                'LongVideoDataset: give frame_interval or target_fps, found both: '
                f'{frame_interval} and {target_fps}'
            )
        for name, value in dict(
            clip_len=clip_len,
            stride=stride,
            frame_interval=frame_interval,
            target_fps=target_fps,
            windows_per_epoch=windows_per_epoch,
        ).items():
            if value is not None and not value > 0:
                raise MESpotError(f'LongVideoDataset: {name} must be above 0, found {value}')
        if interval_jitter is not None and not 0 < interval_jitter[0] <= interval_jitter[1]:
            raise MESpotError(
                f'LongVideoDataset: interval_jitter needs 0 < low <= high, found {interval_jitter}'
            )
        self.clip_len = clip_len
        self.stride = max(clip_len // 2, 1) if stride is None else stride
        self.layout = WindowLayout(clip_len, self.stride, context, align)
        self.frame_interval = frame_interval
        self.target_fps = target_fps
        self.interval_jitter = interval_jitter
        self.windows_per_epoch = windows_per_epoch
        self.balance = dict(balance) if balance is not None else dict(MaE=1.0, ME=1.0, none=1.0)
        self.min_visible = min_visible
        self.seed = torch.initial_seed() if seed is None else seed
        super().__init__(ann_file, pipeline, data_root, test_mode=test_mode, **kwargs)

    def full_init(self) -> None:
        """Load the annotations, check that the streams are there, and lay out the windows."""
        if self._fully_initialized:
            return
        super().full_init()
        self._intervals = [
            frames_per_position(events.fps, self.target_fps, self.frame_interval, events.video_fps)
            for events in self.events
        ]
        self._windows: list[tuple[int, float]] = [
            (index, start)
            for index, (events, k) in enumerate(zip(self.events, self._intervals, strict=True))
            for start in self.layout.starts(events.total_frames, k)
        ]
        if not self.test_mode:
            self._sampler = WindowSampler(self.events, self.balance)
            shares = ', '.join(f'{kind} {share:.0%}' for kind, share in self._sampler.shares.items())
            print_log(f'{self.ann_file}: {len(self.data_list)} training videos, windows: {shares}', 'current')

    def __len__(self) -> int:
        """Windows of an epoch."""
        if not self._fully_initialized:
            self.full_init()
        if self.test_mode or self.windows_per_epoch is None:
            return len(self._windows)
        return self.windows_per_epoch

    def get_data_info(self, idx: int) -> dict:
        """Give the window of an index; for training, one drawn from `numpy.random`.

        Returns:
            What :meth:`describe_window` gives, ``frame_inds`` with ``clip_len + 2 * context`` entries; with
            ``align`` also ``window_position``, the window's first position.
        """
        if not self._fully_initialized:
            self.full_init()
        position = idx % len(self)
        if self.test_mode:
            index, start = self._windows[position]
            interval = self._intervals[index]
        else:
            low, high = self.interval_jitter or (1.0, 1.0)
            factor = float(np.exp(np.random.uniform(np.log(low), np.log(high))))
            intervals = [k * factor for k in self._intervals]
            index, start = self._sampler.draw(
                self._sampler.kind(position, len(self)), self.clip_len, intervals
            )
            interval = intervals[index]
            start = self.layout.snap(start, self.events[index].total_frames, interval)
        frames = self.layout.frames(start, self.events[index].total_frames, interval)
        window = self.describe_window(index, start, interval, frames, self.clip_len, self.min_visible)
        window['sample_idx'] = idx
        if self.layout.align is not None:
            window['window_position'] = self.layout.position(start, interval)
        return window

    def prepare_data(self, idx: int) -> Any:
        """Give a window after the pipeline; all that is random in training depends on (seed, index) alone."""
        if self.test_mode:
            return super().prepare_data(idx)
        with seeded(self.seed, idx):
            return super().prepare_data(idx)
