from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from mmaction.registry import HOOKS, VISUALIZERS

from mmaction_mespot.engine.hooks import SpottingVisualizationHook
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.evaluation.metrics import SpottingF1Metric
from mmaction_mespot.intervals.detections import Detections


def make_runner(folder: Path, evaluated: bool = True, backends: tuple[str, ...] = ('LocalVisBackend',)):
    metric = SpottingF1Metric()
    found = Detections(np.array([[10.0, 40.0]]), np.array([0.9]), np.array([0]))
    videos = [
        VideoResult(f'v{i}', 's01', 'hard', 30.0, 300, np.array([[10, 42]]), np.array([0]), found)
        for i in range(5)
    ]
    if evaluated:
        metric.evaluated = (videos, [0.5, 0.5])
    visualizer = VISUALIZERS.build(
        dict(
            type='ActionVisualizer',
            vis_backends=[dict(type=name) for name in backends],
            save_dir=str(folder),
            name=str(folder),
        )
    )
    evaluator = SimpleNamespace(metrics=[object(), metric])
    return SimpleNamespace(visualizer=visualizer, val_evaluator=evaluator, test_evaluator=evaluator, epoch=7)


def test_every_second_video_goes_to_every_backend(tmp_path: Path) -> None:
    runner = make_runner(tmp_path, backends=('LocalVisBackend', 'TensorboardVisBackend'))
    hook = HOOKS.build(dict(type='SpottingVisualizationHook', enable=True, interval=2))
    hook.after_val_epoch(runner)
    pictures = sorted(tmp_path.rglob('*.png'))
    assert [path.name for path in pictures] == [f'timeline_hard_v{i}_7.png' for i in (0, 2, 4)]
    blue = cv2.imread(str(pictures[0])).reshape(-1, 3) == (178, 114, 0)
    assert blue.all(axis=1).any()  # the colour of MaE, not red and blue swapped
    runner.visualizer.close()
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    (events,) = tmp_path.rglob('events.out*')
    accumulator = EventAccumulator(str(events), size_guidance={'images': 0}).Reload()
    assert sorted(accumulator.Tags()['images']) == [f'timeline_hard_v{i}' for i in (0, 2, 4)]


def test_a_folder_instead_of_the_backends(tmp_path: Path) -> None:
    hook = SpottingVisualizationHook(enable=True, interval=10, out_dir=str(tmp_path / 'shown'))
    hook.after_test_epoch(make_runner(tmp_path / 'work'))
    assert [path.name for path in tmp_path.rglob('*.png')] == ['hard_v0_7.png']
    assert (tmp_path / 'shown' / 'hard_v0_7.png').is_file()


def test_opens_a_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runner, shown = make_runner(tmp_path), []
    monkeypatch.setattr(
        runner.visualizer, 'show', lambda picture, **settings: shown.append((picture.shape, settings))
    )
    SpottingVisualizationHook(enable=True, show=True, wait_time=2.0).after_test_epoch(runner)
    assert shown == [((374, 1100, 3), dict(win_name='hard_v0', wait_time=2.0))]


@pytest.mark.parametrize(('enable', 'evaluated'), [(False, True), (True, False)])
def test_draws_nothing_when_off_or_without_results(tmp_path: Path, enable: bool, evaluated: bool) -> None:
    SpottingVisualizationHook(enable=enable).after_val_epoch(make_runner(tmp_path, evaluated))
    assert not list(tmp_path.rglob('*.png'))


def test_interval_of_nothing() -> None:
    with pytest.raises(MESpotError, match='at least 1, found 0'):
        SpottingVisualizationHook(interval=0)
