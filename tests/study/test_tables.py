from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.study import Study
from mmaction_mespot.study.reviewed import subject_and_session
from mmaction_mespot.study.tables import write_study

DOCS = Path(__file__).parents[2] / 'docs'
EXAMPLE = Path(__file__).parents[1] / 'spotting' / 'spot_example' / 'intervals.json'


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Two subjects with the same video of 10 s (2 MaE, 1 ME), and a video that failed."""
    for name in ('P01/a', 'P02/a'):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / 'intervals.json').write_text(EXAMPLE.read_text())
    (tmp_path / 'bad').mkdir()
    (tmp_path / 'bad' / 'failure.json').write_text(json.dumps({'path': 'bad.mp4', 'error': 'no <video>'}))
    return tmp_path


def test_one_row_an_interval_and_one_a_video(results: Path) -> None:
    study = Study(results)
    assert list(study.videos['video']) == ['P01/a', 'P02/a'] and len(study) == 6
    first = study.videos.iloc[0]
    assert (first['MaE_count'], first['ME_count'], first['MaE_per_min']) == (2, 1, 12)
    assert [(row['subject'], row['label']) for row in study][:2] == [('P01', 'MaE'), ('P01', 'ME')]
    assert study.intervals['onset_frame_0based'].iloc[0] == 40
    assert study.intervals['moved'].iloc[0].startswith('AU12 lip-corner puller, 0.086 IOD; AU25 ')
    assert list(study.failures['error']) == ['no <video>']


def test_the_files(results: Path) -> None:
    (results / 'people.csv').write_text('subject,age\nP01,30\n')
    write_study(results, results / 'people.csv')
    table = pd.read_csv(results / 'study.csv')
    assert table['age'].iloc[0] == 30 and table['age'].isna().sum() == 3
    assert len(pd.read_csv(results / 'videos.csv')) == 2 and len(pd.read_csv(results / 'failures.csv')) == 1
    page = (results / 'study.html').read_text()
    assert '2 videos: 4 MaE, 2 ME' in page and 'no &lt;video&gt;' in page
    assert '<tr><td>AU4 brow lowerer</td><td>0</td><td>2</td></tr>' in page
    assert 'http' not in page and page.count('data:image/png') == 2


def test_probabilities_and_the_rate_of_the_results(results: Path) -> None:
    path = results / 'P02' / 'a' / 'intervals.json'
    content = json.loads(path.read_text())
    content['intervals'][1]['probability'] = 0.25
    content['false_per_minute'] = {'expected': 1.5, 'measured_on': 'ten minutes'}
    path.write_text(json.dumps(content))
    study = Study(results)
    assert study.intervals['probability'].dropna().to_dict() == {4: 0.25}
    assert study.videos['expected_false_per_min'].dropna().to_dict() == {1: 1.5}
    write_study(results)
    page = (results / 'study.html').read_text()
    assert 'About 0.25 false detections are to be expected in 0.2 of these minutes' in page  # ten seconds
    content['intervals'][1]['probability'] = 25
    path.write_text(json.dumps(content))
    with pytest.raises(MESpotError, match=r'intervals\.1\.probability'):
        Study(results)


def test_results_that_say_nothing_of_what_moved(results: Path) -> None:
    for path in results.rglob('intervals.json'):
        content = json.loads(path.read_text())
        for row in content['intervals']:
            del row['moved'], row['moved_time_s']
        path.write_text(json.dumps(content))
    write_study(results)
    assert Study(results).intervals['moved'].tolist() == [''] * 6
    assert 'What moved' not in (results / 'study.html').read_text()
    content['intervals'][1]['moved'] = [{'action': 'smile'}]
    path.write_text(json.dumps(content))
    with pytest.raises(MESpotError, match=r"intervals\.1\.moved\.0.*'action_units' is a required property"):
        Study(results)


def test_an_empty_study_has_tables_too(tmp_path: Path) -> None:
    write_study(tmp_path / 'new')
    assert len(pd.read_csv(tmp_path / 'new' / 'study.csv')) == 0


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('age\n3\n', 'expected a column video or subject, found age'),
        ('subject,a\nP01,1\nP01,2\n', "subject 'P01' is in two rows"),
        ('subject,score\nP01,1\n', "the column 'score' is one of the tables too"),
    ],
)
def test_tables_of_people_that_do_not_fit(results: Path, text: str, message: str) -> None:
    (results / 'people.csv').write_text(text)
    with pytest.raises(MESpotError, match=message):
        Study(results, results / 'people.csv')


def test_subjects_by_folder_or_name() -> None:
    assert subject_and_session('sub-01_ses-b_talk') == ('01', 'b')
    assert subject_and_session('P01/day1/a') == ('P01', 'day1')
    assert subject_and_session('a') == ('', '')


def test_the_python_of_the_docs_runs(results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (block,) = re.findall(r'```python\n(.*?)```', (DOCS / 'study.md').read_text(encoding='utf-8'), re.DOTALL)
    (tmp_path / 'people.csv').write_text('subject,age\nP01,30\n')
    (tmp_path / 'results').symlink_to(results, target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    exec(block, names)
    assert names['study'].videos['age'].tolist()[0] == 30
    assert names['interval']['video'] == 'P02/a'


def test_the_columns_that_the_page_on_r_names_are_there(results: Path) -> None:
    text = (DOCS / 'r.md').read_text(encoding='utf-8')
    study = Study(results)
    named = set(re.findall(r'\bstudy\$(\w+)', text)) - {'intervals', 'videos'}
    assert named == {'subject', 'label'} and named <= set(study.intervals)
    (counted,) = re.findall(r'cbind\(([^)]*)\)', text)
    assert set(counted.split(', ')) <= set(study.videos)
    formulas = {name for name in ('length_s', 'label') if re.search(rf'length_s ~ {name}|{name} ~', text)}
    assert formulas <= set(study.intervals)
