from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from mmengine.config import Config

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.dump import Dump, save_dump
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.reports.benchmark import load_runs
from mmaction_mespot.reports.benchmark_ablations import (
    Ablation,
    ablation_differences,
    ablation_table,
    feature_steps,
    plot_ablations,
    read_ablations,
    run_ablations,
)

FOLDER = Path(__file__).parents[2] / 'configs' / 'ablations'
# parts of the model that each of these changes, and nothing outside the model
CHANGED = {
    'lite_paper': set(),
    'lite_fpn': {'neck'},
    'lite_no_se': {'neck'},
    'lite_spatial_attention': {'neck'},
    'lite_anchor_free': {'head'},
    'slim_two_streams': set(),
    'slim_rgb_only': {'backbone', 'neck'},
    'slim_flow_only': {'backbone', 'neck'},
}


def write_run(work_dir: Path, method: str, seed: int, hits: int) -> None:
    """Each of two people has one video with four MaE, of which the first `hits` are found."""
    truths = np.array([[i * 100, i * 100 + 30] for i in range(4)])
    detections = Detections(truths[:hits], np.ones(hits), np.zeros(hits))
    results = [
        VideoResult(f's{i}_0101', f's{i}', 'normal', 30.0, 500, truths, np.zeros(4), detections)
        for i in range(2)
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


def test_the_configs_are_read_with_their_references_first() -> None:
    ablations = read_ablations(sorted(FOLDER.glob('*.py')))
    assert {ablation.name for ablation in ablations} >= set(CHANGED)
    references = [ablation.name for ablation in ablations if ablation.reference == ablation.name]
    assert references == ['lite_paper', 'slim_two_streams']
    assert ablations[0].name == 'lite_paper' and ablations[0].parameters == 371_067
    assert [one.name for one in ablations if one.features == 'features_lite'] == ['lite_frozen_features']
    groups = [ablation.reference for ablation in ablations]
    assert groups == sorted(groups)


@pytest.mark.parametrize('name', sorted(CHANGED))
def test_a_config_changes_one_part(name: str) -> None:
    cfg = Config.fromfile(FOLDER / f'{name}.py')
    reference = Config.fromfile(FOLDER / f'{cfg.ablation.reference}.py')
    assert {key for key in reference if cfg[key] != reference[key]} <= {'model', 'ablation'}
    assert {key for key in cfg.model if cfg.model[key] != reference.model[key]} == CHANGED[name]


def test_the_table(tmp_path: Path) -> None:
    write_run(tmp_path, 'paper', 0, hits=4)
    write_run(tmp_path, 'paper', 1, hits=2)
    write_run(tmp_path, 'fpn', 0, hits=1)
    ablations = [
        Ablation('paper', 'paper', 'none', 371_067),
        Ablation('fpn', 'paper', 'FPN', 1000),
        Ablation('later', 'paper', 'not run yet', 1),
    ]
    runs = load_runs(tmp_path)
    differences = ablation_differences(runs, ablations)
    table = [
        [cell.strip() for cell in line.strip('|').split('|')]
        for line in ablation_table(runs, ablations, differences).splitlines()
    ]
    assert len(table) == 2 + 2
    # F1 of 1 and of 2/3 (4 of 8 found); 12 of 16 found in all, F1 6/7
    assert table[2] == [
        'normal',
        'none',
        '371,067',
        '2',
        '0.833 ± 0.236',
        '0.000 ± 0.000',
        '0.833 ± 0.236',
        '',
        '',
    ]
    # 2 of 8 found: F1 2/5
    assert table[3] == [
        'normal',
        'FPN',
        '1,000',
        '1',
        '0.400',
        '0.000',
        '0.400',
        '-0.457',
        '-0.457 to -0.457',
    ]
    picture = plot_ablations(differences, ablations, tmp_path / 'differences.png')
    assert cv2.imread(str(picture)).shape[1] == 1100


def test_references_alone_have_no_picture(tmp_path: Path) -> None:
    with pytest.raises(MESpotError, match='nothing to draw'):
        plot_ablations({}, [Ablation('paper', 'paper', 'none', 1)], tmp_path / 'd.png')


def test_a_missing_reference_is_an_error(tmp_path: Path) -> None:
    write_run(tmp_path, 'fpn', 0, hits=1)
    with pytest.raises(MESpotError, match='fpn was run, its reference paper was not'):
        ablation_differences(load_runs(tmp_path), [Ablation('fpn', 'paper', 'FPN', 1000)])
    with pytest.raises(MESpotError, match="lite_fpn: its reference 'lite_paper' is not among the configs"):
        read_ablations([FOLDER / 'lite_fpn.py'])


def test_what_cannot_be_run_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MESpotError, match='expected prepared parts'):
        run_ablations(tmp_path, [FOLDER / 'lite_paper.py'], [0], tmp_path, tmp_path)
    with pytest.raises(MESpotError, match=r'mespot_lite\.py: expected ablation = dict'):
        read_ablations([FOLDER.parent / '_base_' / 'models' / 'mespot_lite.py'])


def test_features_come_from_the_reference_before_what_is_trained_on_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ('hard', 'normal'):
        (tmp_path / part).mkdir()
        (tmp_path / part / 'annotations.json').touch()
    ran: list[str] = []
    monkeypatch.setattr(
        'mmaction_mespot.reports.benchmark_ablations.run_steps',
        lambda steps, state, environment: ran.extend(f'{state.parent.name}: {step.name}' for step in steps),
    )
    configs = [FOLDER / 'lite_frozen_features.py', FOLDER / 'lite_paper.py']
    run_ablations(tmp_path, configs, [4], tmp_path, tmp_path / 'work')
    assert ran[:4] == [
        'seed4: train lite_paper, seed 4',
        'seed4: test lite_paper, seed 4',
        'seed4: extract the features of hard',
        'seed4: extract the features of normal',
    ]
    assert ran[4:6] == [
        'seed4: train lite_frozen_features, seed 4',
        'seed4: test lite_frozen_features, seed 4',
    ]

    [step] = feature_steps(Path('/repo'), configs[1], tmp_path / 'run', [tmp_path / 'hard'], 'features')
    assert step.command[2] == str(tmp_path / 'run' / 'final.pth')
    assert step.command[-1] == str(step.result.parent) == str(tmp_path / 'hard' / 'features')
