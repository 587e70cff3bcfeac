"""The benchmark of what moved plans films that can be drawn, and counts as by hand."""

from __future__ import annotations

import runpy
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from mmaction_mespot.synthetic.action_units import ACTION_UNITS
from mmaction_mespot.synthetic.v2.plan import JAW

TOOL = Path(__file__).parents[2] / 'tools' / 'benchmarks' / 'what_moved.py'


@pytest.fixture(scope='module')
def tool() -> dict[str, Any]:
    return runpy.run_path(str(TOOL))


def test_every_action_unit_happens_once_and_none_overlap(tool: dict[str, Any]) -> None:
    plan = tool['plan_actions']('f001', 'test', 3)
    events = [event for event in plan.events if event.kind != 'blink']
    assert sorted(event.actions[0][0] for event in events) == sorted([*ACTION_UNITS, JAW])
    assert all(event.start > before.end + 20 for before, event in pairwise(events))
    assert all(event.start >= before.end for before, event in pairwise(plan.events))
    assert plan.events[-1].end < plan.total_frames
    for event in events:
        assert event.start < event.apex <= event.hold_end < event.end
        assert (event.kind == 'ME') == (event.end - event.start <= 0.5 * plan.camera.fps)


def row(event: Any, moved: list[dict[str, Any]]) -> dict[str, Any]:
    return {'onset': event.start, 'offset': event.end - 1, 'moved': moved}


def said(side: str, *units: int) -> dict[str, Any]:
    return {'action_units': list(units), 'side': side}


def test_it_counts_first_and_wrong_names(tool: dict[str, Any]) -> None:
    plan = tool['plan_actions']('f001', 'test', 3)
    by_unit = {event.actions[0][0]: event for event in plan.events if event.actions}
    smile, jaw = by_unit[12], by_unit[JAW]
    side = {(1.0, 1.0): 'both', (1.0, 0.0): 'left', (0.0, 1.0): 'right'}[smile.actions[0][1:]]
    moved = [said('both', 4), said(side, 12), said('both', 6, 7)]
    intervals = [row(smile, moved), row(jaw, [said('middle', 25)])]
    table = tool['count']([(plan, {'intervals': intervals})])
    expected = dict(events=1, found=1, named=1, first=0, two=1, names=3, wrong=2, side=1)
    assert table['AU12'] == expected
    assert table['AU26'] == dict(events=1, found=1, named=1, first=1, two=1, names=1, wrong=0, side=1)
    assert table['AU4'] == dict(events=1, found=0)
    assert table['MaE']['events'] + table['ME']['events'] == len(by_unit)
    assert table['MaE'].get('found', 0) + table['ME'].get('found', 0) == 2
    assert tool['count']([(plan, {'intervals': []})])['AU12'] == dict(events=1, found=0)
