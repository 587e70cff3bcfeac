"""``import mmaction_mespot as mespot``: everything is there, nothing is loaded before it is used."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mmaction_mespot as mespot
from mmaction_mespot.spotters.what_moved import Movement
from mmaction_mespot.spotting.loading import find_pretrained

PAGE = Path(__file__).parents[1] / 'docs' / 'python.md'


def test_every_name_is_there_and_documented() -> None:
    for name in mespot.__all__:
        assert getattr(mespot, name) is not None
        assert name in dir(mespot)
        assert name == '__version__' or getattr(mespot, name).__doc__
        assert name == '__version__' or f'mespot.{name}' in PAGE.read_text(encoding='utf-8')
    with pytest.raises(AttributeError, match="'mmaction_mespot' has no attribute 'nothing'"):
        mespot.nothing  # noqa: B018


@pytest.mark.parametrize(
    'names', ['', 'evaluate_spotting', 'read_dataset', 'StoreReader', 'Interval', 'Spotting', 'MESpotError']
)
def test_what_needs_no_torch_loads_none(names: str) -> None:
    code = f'import sys, mmaction_mespot as mespot\n{"mespot." + names if names else ""}\n'
    code += 'heavy = {"torch", "mmengine", "mmaction", "mmcv"} & set(sys.modules)\nassert not heavy, heavy'
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_page_runs_as_it_stands(tmp_path: Path) -> None:
    blocks = re.findall(r'^```python\n(.*?)^```$', PAGE.read_text(encoding='utf-8'), flags=re.M | re.S)
    assert len(blocks) >= 3
    runnable = [block for block in blocks if 'talk.mp4' not in block and 'data/' not in block]
    assert runnable
    (tmp_path / 'page.py').write_text('\n'.join(runnable), encoding='utf-8')
    done = subprocess.run([sys.executable, 'page.py'], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def _spotting() -> mespot.Spotting:
    smile = Movement('lip-corner puller', (12,), 'mouth_corner', 'left', 0.03125, (0.01, 0.03125, 0.0))
    interval = mespot.Interval(
        1, 0.75, 3, 5, 9, 0.1, 0.2, 0.3, 0, (3, 5, 9), 'short', moved=(smile,), moved_s=(0.1, 0.2, 0.3)
    )
    return mespot.Spotting(
        '/videos/talk.mp4',
        30.0,
        60,
        2.0,
        (64, 48),
        {'name': 'flow', 'settings': {}},
        (0.5, 0.5),
        [interval],
        [interval],
        np.arange(60) / 30,
        np.arange(60),
        np.zeros((2, 60)),
        ['a note'],
    )


def test_one_result_in_every_form(tmp_path: Path) -> None:
    spotting = _spotting()
    frame = spotting.to_dataframe()
    assert frame.loc[0, ['video', 'label', 'onset_frame_0based', 'offset_s', 'note']].tolist() == [
        'talk.mp4',
        'ME',
        3,
        0.3,
        'short',
    ]
    assert frame.loc[0, 'moved'] == 'AU12 lip-corner puller, left, 0.031 IOD'
    assert np.isnan(frame.loc[0, 'probability'])
    path = spotting.to_csv(tmp_path / 'talk.csv')
    read = pd.read_csv(path, keep_default_na=False, na_values={'probability': ''})
    pd.testing.assert_frame_equal(read, frame)
    assert json.loads(spotting.to_json(tmp_path / 'talk.json').read_text()) == spotting.to_dict()
    (interval,), (candidate,) = (spotting.to_dict()[key] for key in ('intervals', 'candidates'))
    assert interval['moved'] == [
        {
            'action': 'lip-corner puller',
            'action_units': [12],
            'region': 'mouth_corner',
            'side': 'left',
            'displacement_iod': 0.0312,
            'words': 'AU12 lip-corner puller, left, 0.031 IOD',
            'curve_iod': [0.01, 0.0312, 0.0],
        }
    ]
    assert interval['moved_time_s'] == [0.1, 0.2, 0.3]
    assert 'moved' not in candidate
    assert 'talk.mp4' in spotting.export(tmp_path / 'talk.eaf', 'elan').read_text()
    with pytest.raises(mespot.MESpotError, match="program: found 'word', expected one of elan"):
        spotting.export(tmp_path / 'talk.doc', 'word')
    with pytest.raises(AttributeError):
        spotting.fps = 1.0  # type: ignore[misc]


def test_empty_results_keep_their_columns() -> None:
    from dataclasses import replace

    frame = replace(_spotting(), intervals=[]).to_dataframe()
    assert len(frame) == 0
    assert frame.columns[0] == 'video'


def test_trained_spotters_are_found_by_one_name(tmp_path: Path) -> None:
    assert find_pretrained('lite') == ('lite', None)
    work = tmp_path / 'work'
    work.mkdir()
    with pytest.raises(mespot.MESpotError, match=r'work: found no checkpoint, expected final\.pth'):
        find_pretrained(work)
    (work / 'epoch_3.pth').touch()
    with pytest.raises(mespot.MESpotError, match=r'work: found epoch_3\.pth, expected final\.pth'):
        find_pretrained(work)
    (work / 'final.pth').touch()
    with pytest.raises(mespot.MESpotError, match=r'final\.pth: expected the one config .*, found none'):
        find_pretrained(work)
    (work / 'mine.py').touch()
    expected = (str(work / 'mine.py'), str(work / 'final.pth'))
    assert find_pretrained(work) == expected
    assert find_pretrained(work / 'final.pth') == expected
    assert find_pretrained(work / 'mine.py') == expected
    assert find_pretrained(work / 'epoch_3.pth') == (str(work / 'mine.py'), str(work / 'epoch_3.pth'))
    (work / 'other.py').touch()
    with pytest.raises(mespot.MESpotError, match=r'found mine\.py, other\.py'):
        find_pretrained(work)
    with pytest.raises(
        mespot.MESpotError, match='nowhere: no such config, checkpoint or work folder, nor one of'
    ):
        find_pretrained('nowhere')
