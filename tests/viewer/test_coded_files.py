from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.exports import FORMATS
from mmaction_mespot.exports.coded_interval import coding_of_result
from mmaction_mespot.exports.formats import write_coding
from mmaction_mespot.study.reviewed import events_of
from mmaction_mespot.viewer.coded_files import import_codings
from mmaction_mespot.viewer.result_folder import ResultFolder

EXAMPLE = Path(__file__).parents[1] / 'spotting' / 'spot_example' / 'intervals.json'


@pytest.fixture
def study(tmp_path: Path) -> Path:
    (tmp_path / 'study' / 'P01' / 'a').mkdir(parents=True)
    (tmp_path / 'study' / 'P01' / 'a' / 'intervals.json').write_bytes(EXAMPLE.read_bytes())
    return tmp_path / 'study'


@pytest.mark.parametrize('name', FORMATS)
def test_what_was_exported_and_not_changed_is_accepted(study: Path, tmp_path: Path, name: str) -> None:
    content = json.loads(EXAMPLE.read_text(encoding='utf-8'))
    path = tmp_path / f'a{FORMATS[name].ending}'
    write_coding(coding_of_result(content), path, name)
    assert list(import_codings(study, [path], 'anna')) == [('P01/a', len(content['intervals']))]
    stored = ResultFolder(study).corrections('P01/a')['anna']
    assert {row['state'] for row in stored['rows']} <= {'accepted', 'rejected'}
    accepted = [row for row in stored['rows'] if row['state'] == 'accepted']
    keys = ('label', 'onset', 'offset', 'onset_s', 'offset_s')
    wanted = sorted(tuple(row[key] for key in keys) for row in content['intervals'])
    assert sorted(tuple(row[key] for key in keys) for row in accepted) == wanted
    assert stored['reviewed'] == []
    by_spotter, by_anna = (events_of(study, who)['P01/a'][0] for who in ('spotter', 'anna'))
    assert (by_spotter.segments_s == by_anna.segments_s).all()


def test_what_a_coder_moved_added_and_took_away(study: Path, tmp_path: Path) -> None:
    content = json.loads(EXAMPLE.read_text(encoding='utf-8'))
    coding = coding_of_result(content)
    fps = content['video']['fps']
    first, *rest = coding.intervals
    moved = replace(first, offset_s=round(first.offset_s + 3 / fps, 3), comment='longer')
    path = tmp_path / 'a.eaf'
    write_coding(replace(coding, intervals=[moved, *rest[:-1]]), path, 'elan')
    list(import_codings(study, [path], 'anna', whole=True))
    stored = ResultFolder(study).corrections('P01/a')['anna']
    (added,) = (row for row in stored['rows'] if row['state'] == 'added')
    ends = {row['onset']: row['offset'] for row in content['intervals']}
    assert added['offset'] == ends[added['onset']] + 3 and added['note'] == 'longer'
    assert added['offset_s'] == moved.offset_s
    rejected = [row['onset'] for row in stored['rows'] if row['state'] == 'rejected']
    assert {added['onset'], max(ends)} <= set(rejected)
    assert stored['reviewed'] == [[0, content['video']['total_frames'] - 1]]
    list(import_codings(study, [path], 'anna'))
    again = ResultFolder(study).corrections('P01/a')['anna']
    assert (again['revision'], again['rows']) == (2, stored['rows'])


def test_what_does_not_belong_is_named(study: Path, tmp_path: Path) -> None:
    coding = coding_of_result(json.loads(EXAMPLE.read_text(encoding='utf-8')))
    write_coding(coding, tmp_path / 'b.eaf', 'elan')
    with pytest.raises(MESpotError, match=r"b\.eaf: results of 'b' in .*study, expected one of a"):
        list(import_codings(study, [tmp_path / 'b.eaf'], 'anna'))
    late = replace(coding.intervals[0], onset_s=coding.duration_s + 1, offset_s=coding.duration_s + 2)
    longer = replace(coding, intervals=[late], duration_s=coding.duration_s + 3)
    write_coding(longer, tmp_path / 'a.TextGrid', 'praat')
    with pytest.raises(MESpotError, match=r'a\.TextGrid, interval 1: .* s, expected an end up to'):
        list(import_codings(study, [tmp_path / 'a.TextGrid'], 'anna'))
    (study / 'P02' / 'a').mkdir(parents=True)
    (study / 'P02' / 'a' / 'intervals.json').write_bytes(EXAMPLE.read_bytes())
    write_coding(coding, tmp_path / 'a.eaf', 'elan')
    with pytest.raises(MESpotError, match=r"expected a name that one of \['P01/a', 'P02/a'\] has"):
        list(import_codings(study, [tmp_path / 'a.eaf'], 'anna'))
