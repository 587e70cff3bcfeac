from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.exports import (
    FORMATS,
    CodedInterval,
    Coding,
    coding_of_result,
    read_coding,
    write_coding,
)

EXAMPLE = Path(__file__).parents[1] / 'spotting' / 'spot_example' / 'intervals.json'


@st.composite
def intervals(draw: st.DrawFn) -> CodedInterval:
    onset, first, second = draw(st.integers(0, 50_000)), draw(st.integers(1, 900)), draw(st.integers(0, 900))
    label = draw(st.sampled_from(('MaE', 'ME')))
    apex = draw(st.sampled_from((None, (onset + first) / 1000)))
    comment = draw(st.sampled_from(('', 'raised "brow", left', 'Lächeln <b>&')))
    chance = draw(st.sampled_from((None, 0.8125)))
    return CodedInterval(label, onset / 1000, (onset + first + second) / 1000, apex, 0.5, comment, chance)


@pytest.mark.parametrize('name', FORMATS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=st.lists(intervals(), max_size=6))
def test_round_trip_to_the_millisecond(name: str, found: list[CodedInterval], tmp_path: Path) -> None:
    path = tmp_path / f'a{FORMATS[name].ending}'
    write_coding(Coding(found, tmp_path / 'a.mp4', 60.0, 30.0), path, name)

    def key(one: CodedInterval) -> tuple:
        return one.label, one.onset_s, one.offset_s, one.apex_s or 0, one.comment, one.probability or 0

    back = read_coding(path)
    if name == 'boris':  # pairs of overlapping starts and stops of one class are not told apart
        assert sorted((o.label, o.onset_s) for o in back) == sorted((o.label, o.onset_s) for o in found)
        assert sorted((o.label, o.offset_s) for o in back) == sorted((o.label, o.offset_s) for o in found)
    else:
        assert sorted(map(key, back)) == sorted(map(key, found))


@pytest.mark.parametrize('name', FORMATS)
def test_a_result_keeps_its_intervals(name: str, tmp_path: Path) -> None:
    content = json.loads(EXAMPLE.read_text())
    content['intervals'][0]['probability'] = 0.8125
    coding = coding_of_result(content)
    assert [one.probability for one in coding.intervals] == [0.8125, None, None]
    assert [one.comment[:16] for one in coding.intervals] == ['AU12 lip-corner ', 'AU4 brow lowerer', '']
    path = tmp_path / f'a{FORMATS[name].ending}'
    write_coding(coding, path, name)
    assert read_coding(path) == list(coding.intervals)


def test_a_textgrid_is_filled_to_the_end_and_an_eaf_names_its_media(tmp_path: Path) -> None:
    coding = coding_of_result(json.loads(EXAMPLE.read_text()))
    write_coding(coding, tmp_path / 'a.TextGrid', 'praat')
    text = (tmp_path / 'a.TextGrid').read_text()
    assert 'xmax = 10.000000' in text and text.count('text = ""') == 5
    write_coding(coding, tmp_path / 'a.eaf', 'elan')
    assert 'MEDIA_URL="file:///videos/talk.mp4"' in (tmp_path / 'a.eaf').read_text()


@pytest.mark.parametrize(
    ('name', 'text', 'message'),
    [
        ('a.eaf', 'no xml', 'no usable file of elan'),
        ('a.TextGrid', 'File type = "ooTextFile"\n', 'no usable file of praat'),
        ('a_boris.tsv', 'Time\tx\n', 'expected the columns Behavior, Time'),
        ('a_boris.tsv', 'Time\tBehavior\tStatus\n1\tME\tSTART\n', 'ME starts at 1.0 s and never stops'),
        ('a_events.tsv', 'onset\tduration\ttrial_type\nx\t1\tME\n', "line 2: onset is 'x'"),
        ('a.doc', '', 'cannot tell the format'),
    ],
)
def test_broken_files(name: str, text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(MESpotError, match=message):
        read_coding(tmp_path / name)


def test_files_as_the_programs_write_them(tmp_path: Path) -> None:
    (tmp_path / 'a_boris.tsv').write_text(
        'Observation id\tx\n\nTime\tMedia file path\tTotal length\tFPS\tSubject\tBehavior\tComment\tStatus\n'
        '1.25\ta.mp4\t60\t30\t\tsmile\t\tPOINT\n1.5\ta.mp4\t60\t30\t\tme\tapex=1.6\tSTART\n'
        '1.75\ta.mp4\t60\t30\t\tme\t\tSTOP\n'
    )
    assert read_coding(tmp_path / 'a_boris.tsv') == [CodedInterval('ME', 1.5, 1.75, 1.6)]
    short = 'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n2\n<exists>\n1\n'
    short += '"IntervalTier"\n"MaE"\n0\n2\n3\n0\n0.5\n""\n0.5\n1.5\n"raised"\n1.5\n2\n""\n'
    (tmp_path / 'a.TextGrid').write_bytes(short.encode('utf-16'))
    assert read_coding(tmp_path / 'a.TextGrid') == [CodedInterval('MaE', 0.5, 1.5, comment='raised')]
