from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from mmaction_mespot.spotting.reporter import SpotReporter
from mmaction_mespot.spotting.result import Interval, Spotting, join_faces

SMILE = Interval(0, 0.95, 30, 36, 59, 1.0, 1.2, 1.9667, 0, (30, 36, 59))
TWITCH = Interval(1, 0.91, 10, 12, 19, 0.3333, 0.4, 0.6333, 1, (10, 12, 19))
VIDEO = Path('clips/talk.mp4')


def result_of(*intervals: Interval, notes: tuple[str, ...] = ()) -> Spotting:
    return Spotting(
        'clips/talk.mp4',
        30.0,
        90,
        3.0,
        (64, 48),
        {'name': 'flow', 'settings': {'faces': 1}},
        (0.9, 0.8),
        intervals,
        intervals,
        np.arange(90) / 30,
        np.arange(90),
        np.full((2, 90), 0.1 * len(intervals)),
        notes,
        (np.zeros((90, 5)),),
    )


def test_people_read_times_and_frames(capsys: pytest.CaptureFixture[str]) -> None:
    with SpotReporter() as reporter:
        reporter.start(VIDEO, 'spotting', 90)
        reporter.progress(10)
        reporter.interval(VIDEO, SMILE)
        reporter.done(VIDEO, result_of(SMILE, notes=('lost [1] face',)), Path('out/talk'), 1.5)
    assert capsys.readouterr().out.splitlines() == [
        'clips/talk.mp4: 1 MaE, 0 ME in 3.0 s (1.5 s) -> out/talk',
        '  MaE      1.00 - 1.97 s   frames 30-59, apex 36   score 0.950',
        '  note: lost [1] face',
    ]


def test_scripts_read_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    reporter = SpotReporter('json-lines')
    reporter.start(VIDEO, 'spotting', None)
    reporter.interval(VIDEO, SMILE)
    reporter.done(VIDEO, result_of(SMILE), Path('out/talk'), 1.5)
    reporter.failed(VIDEO, 'clips/talk.mp4: ends early')
    printed = capsys.readouterr()
    start, interval, done, failed = map(json.loads, printed.out.splitlines())
    assert start == {'event': 'start', 'video': 'clips/talk.mp4', 'step': 'spotting', 'total_frames': None}
    assert (interval['event'], interval['label'], interval['offset']) == ('interval', 'MaE', 59)
    assert (done['MaE'], done['ME'], done['out']) == (1, 0, 'out/talk')
    assert failed['error'] == 'clips/talk.mp4: ends early'
    assert printed.err == 'failed: clips/talk.mp4: ends early\n'


def test_quiet_is_silent_but_for_failures(capsys: pytest.CaptureFixture[str]) -> None:
    reporter = SpotReporter('quiet')
    reporter.start(VIDEO, 'spotting', 90)
    reporter.interval(VIDEO, SMILE)
    reporter.done(VIDEO, result_of(SMILE), Path('out'), 1.0)
    reporter.failed(VIDEO, 'no luck')
    printed = capsys.readouterr()
    assert printed.out == '' and printed.err == 'failed: clips/talk.mp4: no luck\n'


def test_faces_are_joined_by_time() -> None:
    joined = join_faces([result_of(SMILE, notes=('a', 'b')), result_of(TWITCH, SMILE, notes=('b',))], 'all')
    assert list(joined.intervals) == [TWITCH, SMILE, SMILE]
    assert [candidate.score for candidate in joined.candidates] == [0.95, 0.95, 0.91]
    assert joined.curves.max() == pytest.approx(0.2) and len(joined.boxes) == 2
    assert joined.notes == ['a', 'b']
    assert joined.model['settings'] == {'faces': 2, 'face': 'all'}
