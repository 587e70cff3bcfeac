"""The label tables of the data sets read alone give the labels that they give with frames."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from casme2_fixture import write_casme2
from casme3_fixture import LABELS as CASME3_LABELS
from casme3_fixture import write_casme3_frames, write_casme3_table
from fourdme_fixture import write_fourdme_frames, write_fourdme_table
from samm_fixture import write_samm
from smic_fixture import write_smic

from mmaction_mespot.annotations.registry import read_dataset
from mmaction_mespot.annotations.schema import has_labels_only, load_annotations, save_annotations

WRITERS = {
    'casme2': write_casme2,
    'samm': write_samm,
    'casme3': lambda root: write_casme3_table(write_casme3_frames(root), CASME3_LABELS),
    'smic': write_smic,
    'fourdme': lambda root: write_fourdme_table(write_fourdme_frames(root)),
}


@pytest.mark.parametrize('name', WRITERS)
def test_the_same_labels_without_frames(tmp_path: Path, name: str) -> None:
    root = tmp_path / 'download'
    WRITERS[name](root)
    whole, _ = read_dataset(name, root)
    bare = tmp_path / 'bare'
    tables = [path for path in root.rglob('*') if path.suffix in ('.xlsx', '.xls')]
    for path in tables:
        (bare / path.relative_to(root)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, bare / path.relative_to(root))
    data, report = read_dataset(name, bare, labels_only=True)
    assert has_labels_only(data) and 'frames' not in report.found
    save_annotations(data, tmp_path / 'labels.json')
    assert load_annotations(tmp_path / 'labels.json', frames=False) == data
    with_events = {_plain(v['video_id']): v for v in whole['data_list'] if v['instances']}
    found = {_plain(video['video_id']): video for video in data['data_list']}
    assert set(with_events) <= set(found)
    for video_id, video in with_events.items():
        assert _plain(found[video_id]['subject']) == _plain(video['subject'])
        assert found[video_id]['fps'] == video['fps']
        # Without frames nothing is clipped to them, and the first one is taken to have number 1.
        shift = video['start_index'] - 1 if name in ('casme3', 'fourdme') else 0
        last = video['total_frames'] + shift
        expected = [(i['segment'][0] + shift, i['segment'][1] + shift) for i in video['instances']]
        spans = [tuple(i['segment']) for i in found[video_id]['instances'] if i['segment'][0] < last]
        assert [(max(start, shift), min(end, last)) for start, end in spans] == expected


def _plain(name: str) -> str:
    """Without what only the folders of 4DME tell: leading zeros, small letters."""
    return re.sub(r'\b0+|(?<=_)0+', '', name.lower())
