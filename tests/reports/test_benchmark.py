from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.dump import Dump, save_dump
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.reports.benchmark import (
    load_runs,
    network_steps,
    run_benchmark,
    spotter_steps,
)
from mmaction_mespot.reports.benchmark_tables import (
    difference_table,
    mean_and_spread,
    plot_benchmark,
    result_table,
)


def write_run(work_dir: Path, method: str, seed: int, hits: int, videos: int = 2) -> None:
    """Each video of each part has four MaE, of which the first `hits` are found."""
    truths = np.array([[i * 100, i * 100 + 30] for i in range(4)])
    detections = Detections(truths[:hits], np.ones(hits), np.zeros(hits))
    results = [
        VideoResult(f's{i}_0101', f's{i}', part, 30.0, 500, truths, np.zeros(4), detections)
        for part in ('normal', 'hard')
        for i in range(videos)
    ]
    metainfo = {
        'classes': ['MaE', 'ME'],
        'thresholds': {'MaE': 0.5, 'ME': 0.5},
        'top_threshold': None,
        'threshold_source': 'given',
        'iou_threshold': 0.5,
        'post_processing': {},
    }
    save_dump(Dump(metainfo, results), work_dir / method / f'seed{seed}' / 'dump.json')


def test_tables(tmp_path: Path) -> None:
    write_run(tmp_path, 'lite', 0, hits=4)
    write_run(tmp_path, 'lite', 1, hits=2)
    write_run(tmp_path, 'optical_flow', 0, hits=1)
    runs = load_runs(tmp_path)
    assert {method: len(dumps) for method, dumps in runs.items()} == {'optical_flow': 1, 'lite': 2}
    table = result_table(runs).splitlines()
    assert len(table) == 2 + 4
    cells = [cell.strip() for cell in table[3].strip('|').split('|')]
    # F1 of 1 and of 2/3 (4 of 8 found): mean .833, standard deviation .236; 8 and 4 hits.
    assert cells[:6] == ['normal', 'lite', '2', '0.833 ± 0.236', '0.000 ± 0.000', '0.833 ± 0.236']
    assert cells[6] == '0.857 to 0.857'  # of the pooled runs: 12 of 16 found
    assert cells[7:] == ['6 / 0 / 2', '0 / 0 / 0', '6 / 0 / 2']
    difference = difference_table(runs, 'optical_flow').splitlines()
    assert difference[2] == '| normal | lite | +0.457 | 0.457 to 0.457 |'  # 6/7 - 2/5
    assert cv2.imread(str(plot_benchmark(runs, tmp_path / 'f1.png'))).shape[1] == 1100


def test_unknown_reference_is_named(tmp_path: Path) -> None:
    write_run(tmp_path, 'lite', 0, hits=4)
    with pytest.raises(ValueError, match="'flow' expected among lite"):
        difference_table(load_runs(tmp_path), 'flow')


def test_runs_of_different_videos_are_refused(tmp_path: Path) -> None:
    write_run(tmp_path, 'lite', 0, hits=4)
    write_run(tmp_path, 'lite', 1, hits=4, videos=3)
    with pytest.raises(MESpotError, match='the same videos'):
        load_runs(tmp_path)


def test_no_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(MESpotError, match='found none'):
        load_runs(tmp_path)
    with pytest.raises(MESpotError, match='expected prepared parts'):
        run_benchmark(tmp_path, [], [], tmp_path, tmp_path)


def test_steps_of_a_network(tmp_path: Path) -> None:
    train, test = network_steps(Path('/repo'), Path('configs/lite.py'), 3, tmp_path, ['a=1'])
    assert train.command[-4:] == ('--seed', '3', '--cfg-options', 'a=1')
    assert str(train.result) in test.command and test.result == tmp_path / 'dump.json'


def test_step_of_a_spotter_names_no_checkpoint(tmp_path: Path) -> None:
    (step,) = spotter_steps(Path('/repo'), Path('/repo/configs/spotters/mdmd.py'), tmp_path)
    assert step.command[:3] == ('/repo/tools/test.py', '/repo/configs/spotters/mdmd.py', '--work-dir')
    assert step.command[-1] == f'test_evaluator.dump_path={step.result}'


def test_mean_and_spread() -> None:
    assert mean_and_spread([0.5]) == '0.500'
    assert mean_and_spread([0.4, 0.6]) == '0.500 ± 0.141'
