"""Numbers that are none in what other programs wrote: coders' files, logs, proposals, a calibration."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from mmaction_mespot.annotations.activitynet import from_entries, to_entry
from mmaction_mespot.datasets.localization.load_window_proposals import LoadWindowProposals
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.exports.coded_interval import CodedInterval, Coding
from mmaction_mespot.exports.formats import FORMATS, read_coding, write_coding
from mmaction_mespot.study.calibration_file import read_adaptation
from mmaction_mespot.visualization.loss_curves import read_scalars

NO_SECONDS = ['nan', 'inf', '-inf', '1e400', '-1', '1e15', 'x', '']


@pytest.mark.parametrize('cell', NO_SECONDS)
@pytest.mark.parametrize('column', ['onset', 'duration', 'apex', 'score'])
def test_bids(tmp_path: Path, column: str, cell: str) -> None:
    row = {'onset': '1', 'duration': '2', 'trial_type': 'ME', 'apex': '1.5', 'score': '.5', column: cell}
    path = tmp_path / 'a_events.tsv'
    path.write_text('\t'.join(row) + '\n' + '\t'.join(row.values()) + '\n')
    if not cell and column in ('apex', 'score'):
        assert len(read_coding(path)) == 1
        return
    with pytest.raises(MESpotError, match=rf'a_events\.tsv, line 2: {column} is'):
        read_coding(path)


@pytest.mark.parametrize('cell', NO_SECONDS)
@pytest.mark.parametrize('line', [2, 3])
def test_boris(tmp_path: Path, line: int, cell: str) -> None:
    times = {2: '1.0', 3: '2.0', line: cell}
    path = tmp_path / 'a_boris.tsv'
    path.write_text(f'Behavior\tBehavior type\tTime\nME\tSTART\t{times[2]}\nME\tSTOP\t{times[3]}\n')
    with pytest.raises(MESpotError, match=rf'a_boris\.tsv, line {line}: Time is'):
        read_coding(path)


@pytest.mark.parametrize(
    'text',
    [
        'onset\tduration\ttrial_type\tonset\n1\t2\tME\t3\n',
        'onset\tduration\ttrial_type\n1\t2\tME\t3\n',
        'onset\tduration\ttrial_type\tapex\n1\t2\tME\t9\n',
        'onset\ttrial_type\n1\tME\n',
        '',
    ],
    ids=['twice', 'surplus', 'apex outside', 'missing', 'empty'],
)
def test_tables_of_events_of_another_form(tmp_path: Path, text: str) -> None:
    path = tmp_path / 'a_events.tsv'
    path.write_text(text)
    with pytest.raises(MESpotError, match=r'a_events\.tsv'):
        read_coding(path)


@pytest.mark.parametrize('time', ['nan', 'inf', '-2', '1e15', '1000000000000000', '0.5', '9' * 400, 'x'])
@pytest.mark.parametrize('name', ['elan', 'praat'])
def test_elan_and_praat(tmp_path: Path, name: str, time: str) -> None:
    """An end of one second becomes something else; half a second lies before the start."""
    path = tmp_path / f'a{FORMATS[name].ending}'
    write_coding(Coding([CodedInterval('ME', 0.75, 1.0)], Path('a.mp4'), 2.0, 30.0), path, name)
    found, ending = ('1000"', '"') if name == 'elan' else ('xmax = 1.0', '')
    text = path.read_text()
    assert text.count(found) > 0
    put = (time.replace('0.5', '500') + ending) if name == 'elan' else f'xmax = {time}'
    path.write_text(text.replace(found, put))
    with pytest.raises(MESpotError, match=rf'a{FORMATS[name].ending}'):
        read_coding(path)


@pytest.mark.parametrize('key', ['step', 'loss'])
@pytest.mark.parametrize('text', ['NaN', 'Infinity', '-Infinity', '1e999', '9' * 400])
def test_scalars(tmp_path: Path, key: str, text: str) -> None:
    path = tmp_path / 'scalars.json'
    row = {'step': '2', 'loss': '0.5', key: text}
    path.write_text('{"step": 1, "loss": 1}\n{' + ', '.join(f'"{k}": {v}' for k, v in row.items()) + '}\n')
    with pytest.raises(MESpotError, match=r'scalars\.json, line 2'):
        read_scalars(path)


@pytest.mark.parametrize(
    'cells', ['nan,1,1,1,1', '0,inf,1,1,1', '.5,.2,1,1,1', '0,1,1', '0,1,1,1,1e15', 'x,1,1,1,1']
)
def test_proposals(tmp_path: Path, cells: str) -> None:
    (tmp_path / 'v.csv').write_text(f'tmin,tmax,tmin_score,tmax_score,score\n0,1,1,1,1\n{cells}\n')
    with pytest.raises(MESpotError, match=r'v\.csv, row 3'):
        LoadWindowProposals(str(tmp_path))({'video_name': 'v'})


ENTRY_PLACES = [
    ('duration_second',),
    ('duration_frame',),
    ('fps',),
    ('total_frames',),
    ('annotations', 0, 'segment', 0),
    ('video_segments', 0, 1),
    ('video_labels', 0),
    ('size', 0),
]


@pytest.mark.parametrize('place', ENTRY_PLACES, ids=str)
@pytest.mark.parametrize('value', [float('inf'), -1, 10**15, '5', [5], True])
def test_activitynet(place: tuple, value: object) -> None:
    video = dict(video_id='v', subject='s', fps=30.0, total_frames=90, size=[64, 48], video='v.mp4')
    name, entry = to_entry(dict(video, instances=[dict(segment=[10, 20], label=1)]), None)
    assert from_entries({name: entry}, 'a.json')[0]['instances'] == [{'segment': [10, 20], 'label': 1}]
    inner = entry
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    with pytest.raises(MESpotError, match=r'a\.json.*v_v'):
        from_entries({name: entry}, 'a.json')


CALIBRATION = {
    'format': 'mmaction_mespot.calibration',
    'version': 1,
    'model': 'flow',
    'thresholds': {'MaE': 0.5, 'ME': 0.5},
    'slopes': {'MaE': 1.0, 'ME': 1.0},
    'offsets': {'MaE': 0.0, 'ME': 0.0},
    'gain': {'reviewed_minutes': 3.0, 'after': {'false_per_min': 1.0}},
}


@pytest.mark.parametrize('place', ['thresholds', 'slopes', 'offsets', 'minutes', 'rate'])
@pytest.mark.parametrize('text', ['NaN', 'Infinity', '1e999', '"x"', 'null', '[]'])
def test_calibration(tmp_path: Path, place: str, text: str) -> None:
    path = tmp_path / 'calibration.json'
    path.write_text(json.dumps(CALIBRATION))
    assert np.isfinite(read_adaptation(path).calibration.thresholds).all()
    content = json.loads(json.dumps(CALIBRATION))
    if place == 'minutes':
        content['gain']['reviewed_minutes'] = '@@'
    elif place == 'rate':
        content['gain']['after']['false_per_min'] = '@@'
    else:
        content[place]['ME'] = '@@'
    path.write_text(json.dumps(content).replace('"@@"', text))
    if place == 'rate' and text == 'null':  # nothing was reviewed to tell it from
        assert read_adaptation(path).calibration is not None
        return
    with pytest.raises(MESpotError, match=r'calibration\.json'):
        read_adaptation(path)
