"""Pooled figures of two made-up folds, counted by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from mmaction_mespot.annotations.schema import save_annotations
from mmaction_mespot.cross_validation.figures import best_and_worst, outcome_lengths
from mmaction_mespot.cross_validation.fold_plan import Fold
from mmaction_mespot.cross_validation.report import write_results
from mmaction_mespot.cross_validation.results import (
    FoldResult,
    people_table,
    pool_folds,
    result_table,
    result_tables,
)
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.dump import Dump
from mmaction_mespot.evaluation.functional.protocols import DEFAULT, get_protocol
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES, Detections


def make_fold(name: str, threshold: float, scores: list[float]) -> FoldResult:
    """One video: MaE [0, 40) and ME [100, 112); candidates MaE [0, 40), MaE [60, 90), ME [100, 106)."""
    found = Detections(np.array([[0, 40], [60, 90], [100, 106]]), np.array(scores), np.array([0, 0, 1]))
    truth = np.array([[0, 40], [100, 112]])
    video = VideoResult(f'{name}_1', name, None, 30, 600, truth, np.array([0, 1]), found)
    info = {
        'classes': list(CLASSES),
        'thresholds': {'MaE': threshold, 'ME': 0.5},
        'top_threshold': None,
        'threshold_source': 'model, chosen in training',
        'iou_threshold': 0.5,
        'post_processing': {},
    }
    return FoldResult(Fold(name, (name,), ('v',), ('t',)), Dump(info, [video]))


@pytest.fixture
def folds() -> list[FoldResult]:
    # a keeps its hit and a false MaE, its ME too; b keeps the hit alone: the ME's score is below 0.5.
    return [make_fold('a', 0.2, [0.3, 0.2, 0.6]), make_fold('b', 0.8, [0.9, 0.7, 0.4])]


def test_each_fold_keeps_its_own_thresholds(folds: list[FoldResult]) -> None:
    table = result_table(folds, pool_folds(folds, 'net'), DEFAULT)
    rows = {row['class']: row for row in table.records()}
    assert [rows['MaE'][key] for key in ('TP', 'FP', 'FN')] == [2, 1, 0]
    assert [rows['ME'][key] for key in ('TP', 'FP', 'FN')] == [1, 0, 1]
    assert rows['overall']['F1'] == pytest.approx(6 / 8)
    # One threshold for both folds: MaE at 0.3 keeps 2 hits and a false one, ME at 0.4 both: 4 TP, 1 FP.
    assert rows['overall']['oracle F1'] == pytest.approx(8 / 9)
    # One for each fold: no false one is left.
    assert rows['overall']['oracle F1 by fold'] == 1.0


def test_people(folds: list[FoldResult]) -> None:
    rows = people_table(folds, DEFAULT).records()
    assert [(row['person'], row['videos'], row['MaE labels'], row['ME labels']) for row in rows] == [
        ('a', 1, 1, 1),
        ('b', 1, 1, 1),
    ]
    assert [row['MaE threshold'] for row in rows] == [0.2, 0.8]
    assert [row['F1'] for row in rows] == [pytest.approx(4 / 5), pytest.approx(2 / 3)]
    assert [row['oracle F1'] for row in rows] == [1.0, 1.0]


def test_tables_of_the_paper_have_ours_beside(folds: list[FoldResult]) -> None:
    pooled = pool_folds(folds, 'net')
    tables = {table.name: table.records() for table in result_tables(folds, pooled, DEFAULT, None)}
    one = tables['table_1']
    assert [(row['T_eval'], row['figures']) for row in one[:2]] == [('0.50', 'paper'), ('0.50', 'ours')]
    assert [row['overall F1'] for row in one if row['figures'] == 'paper'] == [0.345, 0.455, 0.468, 0.511]
    assert one[1]['overall F1'] == pytest.approx(6 / 8)
    two = tables['table_2']
    assert [row['Top_threshold'] for row in two] == ['0.30', '0.35', '0.40', '0.45', '0.50', '0.55', '0.60']
    assert (two[0]['CAS(ME)^2 All, paper'], two[-1]['SAMM MaE, paper']) == (0.241, 0.367)
    # The best 1 of 3 candidates of each video: ME of a, MaE of b.
    assert two[0]['All, ours'] == pytest.approx(4 / 6)
    three = tables['table_3']
    assert three[-2]['CAS(ME)^2 MaE'] == 0.390 and three[1]['SAMM MaE'] is None
    assert three[-1]['model'] == 'ours (net)' and three[-1]['CAS(ME)^2 All'] is None
    assert three[-1]['other data All'] == pytest.approx(6 / 8)
    own = {table.name: table.records() for table in result_tables(folds, pooled, DEFAULT, 'samm')}['table_3']
    assert own[-1]['SAMM All'] == pytest.approx(6 / 8) and own[-1]['CAS(ME)^2 All'] is None


def write_labels(path: Path, dataset: str, part: str | None) -> str:
    info = {'dataset': dataset, 'classes': list(CLASSES), 'part': part, 'source_root': '.'}
    info['offset_rule'] = 'apex'
    save_annotations({'metainfo': info, 'data_list': []}, path)
    return str(path)


@pytest.mark.parametrize(
    ('dataset', 'part', 'remark'),
    [
        (
            'casme2',
            'normal',
            'NOT COMPARABLE: these are other videos (casme2 layout, part normal; 2 MaE and 2 ME)',
        ),
        ('smic', None, 'NOT COMPARABLE: these are other videos (smic; 2 MaE and 2 ME)'),
        ('casme2', None, 'NOT COMPARABLE: the tested videos hold 2 MaE and 2 ME, all of CAS(ME)^2 300 MaE'),
    ],
)
def test_other_data_are_not_passed_off_as_the_papers(
    folds: list[FoldResult], tmp_path: Path, dataset: str, part: str | None, remark: str
) -> None:
    labels = write_labels(tmp_path / 'annotations.json', dataset, part)
    write_results(folds, ['c'], 'net.py', labels, ['A rule.'], DEFAULT, tmp_path)
    text = (tmp_path / 'results.md').read_text()
    assert f'**{remark}' in text and '**INCOMPLETE: 1 folds are missing: c.**' in text and 'A rule.' in text
    results = json.loads((tmp_path / 'results.json').read_text())
    assert results['paper'].startswith(remark) and not results['complete']
    assert results['tables']['table_3'][-1]['CAS(ME)^2 All'] is None


def test_a_whole_data_set_of_the_paper(folds: list[FoldResult], tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr('mmaction_mespot.reports.paper_tables.LABELS', {'casme2': (2, 2)})
    labels = write_labels(tmp_path / 'annotations.json', 'casme2', None)
    write_results(folds, [], 'net.py', labels, [], get_protocol('auwgcn'), tmp_path)
    assert (
        "**Warning: protocol auwgcn goes with the offset rule 'zero'" in (tmp_path / 'results.md').read_text()
    )
    write_results(folds, [], 'net.py', labels, [], DEFAULT, tmp_path)
    assert 'Warning' not in (tmp_path / 'results.md').read_text()
    results = json.loads((tmp_path / 'results.json').read_text())
    assert results['paper'].startswith('All 2 MaE and 2 ME of CAS(ME)^2 are tested.') and results['complete']
    assert results['tables']['table_3'][-1]['CAS(ME)^2 All'] == pytest.approx(6 / 8)


def test_folds_of_other_people_or_none(folds: list[FoldResult]) -> None:
    with pytest.raises(MESpotError, match='no fold is finished'):
        pool_folds([], 'net')
    wrong = FoldResult(folds[1].fold, folds[0].dump)
    with pytest.raises(MESpotError, match='fold b: its detections are those of a, expected b'):
        pool_folds([wrong], 'net')
    twice = FoldResult(Fold('again', ('a',), (), ()), folds[0].dump)
    with pytest.raises(MESpotError, match='video a_1 of part None is both in fold a and in fold again'):
        pool_folds([folds[0], twice], 'net')


def test_best_and_worst_videos(folds: list[FoldResult]) -> None:
    best, worst = best_and_worst(folds, DEFAULT)
    assert [video.video_id for _, video in best] == ['a_1']
    assert [video.video_id for _, video in worst] == ['b_1']


def test_lengths(folds: list[FoldResult]) -> None:
    assert outcome_lengths(folds, 0.5) == {
        ('TP', 0): [40 / 30, 40 / 30],
        ('FP', 0): [1.0],
        ('TP', 1): [0.4],
        ('FN', 1): [0.4],
    }
