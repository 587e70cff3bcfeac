from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.exports import FORMATS
from mmaction_mespot.exports.study_files import export_study, import_files

EXAMPLE = Path(__file__).parents[1] / 'spotting' / 'spot_example' / 'intervals.json'


def test_a_study_there_and_back(tmp_path: Path) -> None:
    (tmp_path / 'P01' / 'a').mkdir(parents=True)
    (tmp_path / 'P01' / 'a' / 'intervals.json').write_text(EXAMPLE.read_text())
    paths = [path for name in FORMATS for path in export_study(tmp_path, name)]
    assert [path.name for path in paths] == ['a.eaf', 'a.TextGrid', 'a_boris.tsv', 'a_events.tsv']
    assert import_files(paths, tmp_path / 'all.csv') == 12
    table = pd.read_csv(tmp_path / 'all.csv')
    assert set(table['video']) == {'a'} and table['onset_s'].nunique() == 3


def test_nothing_to_export(tmp_path: Path) -> None:
    with pytest.raises(MESpotError, match='found no results'):
        list(export_study(tmp_path, 'elan'))
