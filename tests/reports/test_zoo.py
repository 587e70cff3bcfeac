from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.dump import Dump, save_dump
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.reports import zoo
from mmaction_mespot.reports.benchmark import STATE_FILE, load_runs
from mmaction_mespot.reports.costs import Cost, cost_table, read_costs, write_cost
from mmaction_mespot.reports.zoo import false_table, is_trained, method_name, method_steps, plot_zoo, run_zoo

ROOT = Path(__file__).parents[2]
CONFIGS = ROOT / 'configs'


def write_run(work_dir: Path, method: str, seed: int, false: int) -> None:
    """A video of a minute in each part, one label, found, and false detections beside it."""
    truth = np.array([[0, 30]])
    found = np.concatenate(
        [truth, np.array([[i * 40 + 100, i * 40 + 130] for i in range(false)]).reshape(-1, 2)]
    )
    results = [
        VideoResult(
            's1_0101',
            's1',
            part,
            30.0,
            1800,
            truth,
            np.zeros(1),
            Detections(found, np.ones(len(found)), np.zeros(len(found))),
        )
        for part in ('normal', 'hard')
    ]
    metainfo = dict(classes=['MaE', 'ME'], thresholds={'MaE': 0.5, 'ME': 0.5}, top_threshold=None)
    metainfo |= dict(threshold_source='given', iou_threshold=0.5, post_processing={})
    save_dump(Dump(metainfo, results), work_dir / method / f'seed{seed}' / 'dump.json')


def test_tables_and_picture(tmp_path: Path) -> None:
    for seed, false in ((0, 1), (1, 3)):
        write_run(tmp_path, 'slow', seed, false)
        state = {'train slow, seed 0': {'command': [], 'done': True, 'seconds': 60.0 * (seed + 1)}}
        (tmp_path / 'slow' / f'seed{seed}' / STATE_FILE).write_text(json.dumps(state))
    write_run(tmp_path, 'fast', 0, 0)
    write_cost(Cost(1234, 0.5, 100.0, 300.0), tmp_path / 'slow' / 'seed0' / 'cost.json')
    write_cost(Cost(0, 0.0, 5000.0, 200.0), tmp_path / 'fast' / 'seed0' / 'cost.json')
    runs, costs = load_runs(tmp_path), read_costs(tmp_path)
    assert cost_table(costs).splitlines()[2:] == [
        '| fast | 0 | - | - | 5,000 | 200 |',
        '| slow | 1,234 | 0.500 | 1.5 | 100 | 300 |',
    ]
    # 1 and 3 false detections in a minute of each part: mean 2, standard deviation 1.414.
    assert '| slow | 2.000 ± 1.414 | 2.000 ± 1.414 |' in false_table(runs)
    assert cv2.imread(str(plot_zoo(runs, costs, tmp_path / 'zoo.png'))).shape[1] == 1100
    with pytest.raises(ValueError, match='nothing to draw'):
        plot_zoo(runs, {}, tmp_path / 'none.png')


def test_steps_of_both_kinds_of_methods(tmp_path: Path) -> None:
    spotter, network = CONFIGS / 'zoo' / 'of_fd_synthme.py', CONFIGS / 'mespot_lite_synthetic.py'
    assert (method_name(spotter), method_name(network)) == ('of_fd', 'mespot_lite_synthetic')
    assert not is_trained(spotter) and is_trained(network)
    names = [step.name for step in method_steps(ROOT, spotter, 0, tmp_path, [])]
    assert names == ['test of_fd_synthme', 'measure of_fd_synthme']
    steps = method_steps(ROOT, network, 1, tmp_path, [])
    assert [step.name.split()[0] for step in steps] == ['train', 'test', 'measure']
    assert steps[-1].command[-3:] == (str(tmp_path / 'final.pth'), '--out', str(tmp_path / 'cost.json'))


def test_a_failed_run_does_not_stop_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / 'data' / 'normal').mkdir(parents=True)
    (tmp_path / 'data' / 'normal' / 'annotations.json').touch()
    ran: list[str] = []

    def fake(steps: list, state: Path, environment: dict) -> None:
        ran.append(state.parent.parent.name + state.parent.name)
        if 'of_fd' in ran[-1]:
            raise MESpotError('no disk')

    monkeypatch.setattr(zoo, 'run_steps', fake)
    configs = [CONFIGS / 'zoo' / 'of_fd_synthme.py', CONFIGS / 'mespot_lite_synthetic.py']
    with pytest.raises(MESpotError, match='1 of 3 runs failed: of_fd, seed 0: no disk'):
        run_zoo(ROOT, configs, [0, 1], tmp_path / 'data', tmp_path / 'work')
    assert ran == ['of_fdseed0', 'mespot_lite_syntheticseed0', 'mespot_lite_syntheticseed1']
    with pytest.raises(MESpotError, match='found twice: of_fd'):
        run_zoo(ROOT, configs[:1] * 2, [0], tmp_path / 'data', tmp_path / 'work')
