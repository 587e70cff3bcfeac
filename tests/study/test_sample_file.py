from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.study.corrections import empty_corrections
from mmaction_mespot.study.sample_file import estimate_sample, sample_study


def row(onset: int) -> dict:
    times = dict(onset_s=onset / 10, apex_s=None, offset_s=(onset + 10) / 10)
    return dict(label='MaE', onset=onset, apex=None, offset=onset + 10, score=0.9, face=0, note='', **times)


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Two videos of a minute, 10 frames per second, each with two intervals."""
    for name in ('P1/a', 'b'):
        rows = [row(50), row(350)]
        content = {
            'video': {'path': f'{name}.mp4', 'fps': 10.0, 'total_frames': 600, 'duration_s': 60.0},
            'model': {'name': 'flow'},
            'thresholds': {'MaE': 0.5, 'ME': 0.5},
            'intervals': rows,
            'candidates': rows,
        }
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / 'intervals.json').write_text(json.dumps(content))
    return tmp_path


def review(results: Path, name: str, states: list[str], reviewed: list[list[int]]) -> None:
    keys = ('label', 'onset', 'apex', 'offset', 'onset_s', 'apex_s', 'offset_s')
    decided = [
        {key: row(onset)[key] for key in keys} | dict(id=str(onset), state=state, candidate=row(onset))
        for onset, state in zip((50, 350)[: len(states)], states, strict=True)
    ]
    content = empty_corrections('anna', dict(MaE=0.5, ME=0.5)) | dict(rows=decided, reviewed=reviewed)
    folder = results / name / 'corrections'
    folder.mkdir()
    (folder / 'anna.json').write_text(json.dumps(content))


def test_from_the_choice_to_the_estimate(results: Path) -> None:
    chosen = sample_study(results, 1, random_share=1)
    assert len(chosen) == 3 and len(pd.read_csv(results / 'sample.csv')) == 3
    with pytest.raises(MESpotError, match='is not reviewed, expected the random stretches'):
        estimate_sample(results, 'anna')
    review(results, 'P1/a', ['accepted', 'rejected'], [[0, 599]])
    review(results, 'b', ['accepted'], [[0, 599]])
    table = estimate_sample(results, 'anna').set_index(['figure', 'label'])
    # All is reviewed: of four found, two were accepted; nothing was added.
    assert table.loc[('precision', 'all'), ['value', 'n']].tolist() == [0.5, 4]
    assert table.loc[('recall', 'all'), 'value'] == 1
    assert sample_study(results, 1, 'anna') == []


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (dict(minutes=0), 'minutes: found 0, expected a positive number'),
        (dict(minutes=1, stretch_s=0.5), 'stretch: found 0.5 s, expected 1 or more'),
        (dict(minutes=1, random_share=2), 'random share: found 2, expected 0 to 1'),
    ],
)
def test_options_out_of_range(results: Path, arguments: dict, message: str) -> None:
    with pytest.raises(MESpotError, match=message):
        sample_study(results, **arguments)


def test_files_that_are_missing_or_broken(results: Path, tmp_path: Path) -> None:
    with pytest.raises(MESpotError, match=r'sample\.json: no such file'):
        estimate_sample(results, 'anna')
    (results / 'sample.json').write_text('{"format": 1}')
    with pytest.raises(MESpotError, match='expected the choice of'):
        estimate_sample(results, 'anna')
    (results / 'b' / 'intervals.json').write_text('{}')
    with pytest.raises(MESpotError, match=r'no result of tools/spot\.py'):
        sample_study(results, 1)
    (tmp_path / 'empty').mkdir()
    with pytest.raises(MESpotError, match='no results, expected those'):
        sample_study(tmp_path / 'empty', 1)
