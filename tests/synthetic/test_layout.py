from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
from openpyxl import load_workbook

from mmaction_mespot.synthetic.events import plan_dataset
from mmaction_mespot.synthetic.layout import WORKBOOK, frame_name, label_rows, write_sidecars, write_workbook
from mmaction_mespot.synthetic.recipes import SIZES


def test_the_workbook_reads_back_as_casme2(tmp_path: Path) -> None:
    plans = plan_dataset(SIZES['tiny'])
    write_workbook(tmp_path / WORKBOOK, plans)
    assert [path.name for path in tmp_path.iterdir()] == ['CAS(ME)^2code_final.xlsx']
    workbook = load_workbook(tmp_path / WORKBOOK)
    assert workbook.sheetnames[1:] == ['naming rule1', 'naming rule2']
    first = workbook.worksheets[0]
    rows = list(first.iter_rows(values_only=True))
    assert rows == label_rows(plans)
    assert first.max_column == 9
    labelled = [(plan, event) for plan in plans for event in plan.events if event.label]
    assert len(rows) == len(labelled)
    plan, event = labelled[0]
    assert event.label is not None
    assert rows[0][:2] == (plan.person, 'disgust1_1')
    assert rows[0][2:5] == tuple(frame + 1 for frame in event.label)
    assert rows[0][7] in ('macro-expression', 'micro-expression')
    people = list(workbook['naming rule1'].iter_rows(values_only=True))
    assert people[0] == (plan.person, plan.subject, plan.person)
    assert len(people) == len(rows)
    videos = list(workbook['naming rule2'].iter_rows(values_only=True))
    assert ('0101', 'disgust1') in videos


def test_frames_are_numbered_from_one_with_three_digits() -> None:
    assert [frame_name(i) for i in (0, 998, 999)] == ['img001.jpg', 'img999.jpg', 'img1000.jpg']


def test_the_tree_follows_the_subject_and_the_code() -> None:
    plan = plan_dataset(SIZES['tiny'])[0]
    number = f'{plan.person:02d}'
    assert plan.folder == f'rawpic/s{number}/{number}_0101disgustingteeth'
    assert plan.video_id == f's{number}_0101'


def test_the_sidecars_hold_rates_splits_and_the_whole_truth(tmp_path: Path) -> None:
    plans = plan_dataset(SIZES['standard'], ['hard'])
    write_sidecars(tmp_path, 'hard', plans, 'sum')
    rates = pd.read_csv(tmp_path / 'video_info.csv')
    assert list(rates.columns) == ['frame_dir', 'fps']
    assert dict(zip(rates['frame_dir'], rates['fps'], strict=True)) == {p.folder: p.camera.fps for p in plans}
    assert set(rates['fps']) == {25, 30, 50}
    splits = json.loads((tmp_path / 'splits.json').read_text())
    assert splits['part'] == 'hard'
    assert splits['splits']['train'] == [] and len(splits['splits']['test']) == 10
    truth = json.loads((tmp_path / 'events.json').read_text())
    assert len(truth['videos']) == len(plans)
    first = truth['videos'][0]['events'][0]
    assert {'kind', 'start', 'apex', 'end', 'amplitude', 'action_units', 'label'} <= set(first)
