"""Timelines of a few videos after each validation and test."""

from __future__ import annotations

import tempfile
from pathlib import Path

import mmcv
from mmaction.registry import HOOKS
from mmengine.dist import is_main_process
from mmengine.evaluator import Evaluator
from mmengine.hooks import Hook
from mmengine.logging import MMLogger
from mmengine.runner import Runner
from mmengine.visualization import Visualizer

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.metrics import SpottingF1Metric
from mmaction_mespot.visualization.timeline import plot_timeline


@HOOKS.register_module()
class SpottingVisualizationHook(Hook):
    """Draw labels, scores and detections of every ``interval``-th evaluated video.

    MMAction2's own hook takes the inputs for pictures to show; a spotter's result is a timeline. The pictures
    go to every backend of the runner's visualizer (``vis_backends``: local files, TensorBoard, ...), or to
    ``out_dir``. The videos and thresholds are those of the first :class:`SpottingF1Metric`.

    Args:
        enable: Whether to draw; ``--show`` and ``--show-dir`` of ``tools/test.py`` switch it on. Defaults to
            False.
        interval: One in so many videos is drawn, the first one always. Defaults to 10.
        show: Open each picture in a window. Defaults to False.
        wait_time: Seconds that a window stays; 0 waits for a key. Defaults to 0.
        out_dir: Folder of the pictures ``<video>_<epoch>.png``, instead of the backends. Defaults to None.

    Raises:
        MESpotError: If the interval is less than 1.
    """

    def __init__(
        self,
        enable: bool = False,
        interval: int = 10,
        show: bool = False,
        wait_time: float = 0.0,
        out_dir: str | None = None,
    ) -> None:
        if interval < 1:
            raise MESpotError(f'SpottingVisualizationHook: interval must be at least 1, found {interval}')
        self.enable, self.interval, self.show, self.wait_time = enable, interval, show, wait_time
        self.out_dir = None if out_dir is None else Path(out_dir)

    def after_val_epoch(self, runner: Runner, metrics: dict[str, float] | None = None) -> None:
        """Draw the videos of this validation."""
        self._draw(runner.visualizer, runner.val_evaluator, runner.epoch)

    def after_test_epoch(self, runner: Runner, metrics: dict[str, float] | None = None) -> None:
        """Draw the videos of this test."""
        self._draw(runner.visualizer, runner.test_evaluator, runner.epoch)

    def _draw(self, visualizer: Visualizer, evaluator: Evaluator, step: int) -> None:
        if not self.enable or not is_main_process():
            return
        metric = next((m for m in evaluator.metrics if isinstance(m, SpottingF1Metric)), None)
        if metric is None or metric.evaluated is None:
            MMLogger.get_current_instance().warning(
                'SpottingVisualizationHook: no SpottingF1Metric with score thresholds, no timeline to draw'
            )
            return
        videos, thresholds = metric.evaluated
        with tempfile.TemporaryDirectory() as folder:
            for video in videos[:: self.interval]:
                name = '_'.join(word for word in (video.part, video.video_id) if word)
                path = (self.out_dir or Path(folder)) / f'{name}_{step}.png'
                plot_timeline(video, thresholds, path, metric.iou_threshold)
                picture = mmcv.imread(str(path), channel_order='rgb')
                if self.show:
                    visualizer.show(picture, win_name=name, wait_time=self.wait_time)
                if self.out_dir is None:
                    visualizer.add_image(f'timeline_{name}', picture, step)
