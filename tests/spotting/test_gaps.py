from __future__ import annotations

from dataclasses import replace

from mmaction_mespot.spotting.gaps import GapFinder
from mmaction_mespot.spotting.result import Interval


def interval(onset: int, offset: int, label: int = 0, length_s: float = 0.4) -> Interval:
    return Interval(label, 0.9, onset, onset, offset, 0.0, 0.0, length_s, 0, (0, 0, 0))


def test_a_gap_is_noted_and_intervals_across_it_are_marked() -> None:
    finder = GapFinder(30.0)
    for index, time_s in enumerate((0.0, 1 / 30, 2 / 30, 2 / 30 + 0.5, 3 / 30 + 0.5, 4 / 30 + 0.55)):
        finder.push(index, time_s)
    assert finder.notes() == ['no frames during 0.07-0.57 s: nothing is known about these stretches']
    assert finder.mark(interval(0, 3)).note == 'across a gap of 0.50 s'
    assert finder.mark(interval(0, 2)).note == finder.mark(interval(3, 5)).note == ''


def test_an_me_that_is_too_long_is_marked() -> None:
    finder = GapFinder(30.0)
    assert finder.notes() == []
    assert finder.mark(interval(0, 30, 1, 0.99)).note == 'ME of 0.99 s, longer than 0.5 s'
    assert finder.mark(interval(0, 15, 1, 0.5)).note == finder.mark(interval(0, 30, 0, 0.99)).note == ''


def test_an_open_end_is_said() -> None:
    mark = GapFinder(30.0).mark
    assert mark(replace(interval(0, 9), open='onset')).note == 'open: its onset lies outside of what was seen'
    both = mark(replace(interval(0, 9), open='both')).note
    assert both == 'open: its onset and offset lie outside of what was seen'
