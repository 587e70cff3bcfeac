from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.synthetic.events import assign_people, event_list_checksum, plan_dataset
from mmaction_mespot.synthetic.make import SYNTHME_V1, check_benchmark
from mmaction_mespot.synthetic.recipes import PARTS, SIZES
from mmaction_mespot.synthetic.video_plan import VideoPlan


@pytest.fixture(scope='module')
def standard() -> list[VideoPlan]:
    return plan_dataset(SIZES['standard'])


def test_the_benchmark_has_its_published_event_list(standard: list[VideoPlan]) -> None:
    assert event_list_checksum(standard) == SYNTHME_V1
    check_benchmark()


def test_another_seed_gives_other_events(standard: list[VideoPlan]) -> None:
    assert event_list_checksum(plan_dataset(SIZES['standard'], seed=1)) != event_list_checksum(standard)


def test_a_video_does_not_depend_on_what_else_is_made(standard: list[VideoPlan]) -> None:
    hard = plan_dataset(SIZES['standard'], ['hard'])
    assert hard == [plan for plan in standard if plan.part == 'hard']


def test_people_are_in_one_split_each(standard: list[VideoPlan]) -> None:
    splits = assign_people(SIZES['standard'], 0, 40)
    assert [list(splits.values()).count(name) for name in ('train', 'val', 'test')] == [24, 6, 10]
    by_person: dict[int, set[str]] = {}
    for plan in standard:
        by_person.setdefault(plan.person, set()).add(plan.split)
    assert len(by_person) == 40
    assert all(len(names) == 1 for names in by_person.values())
    tested = {plan.person for plan in standard if plan.part != 'normal'}
    assert tested == {plan.person for plan in standard if plan.split == 'test'}


@pytest.mark.parametrize('part', PARTS)
def test_each_test_part_holds_enough_events(standard: list[VideoPlan], part: str) -> None:
    kinds = [
        event.kind
        for plan in standard
        if plan.part == part and plan.split == 'test'
        for event in plan.events
        if event.label is not None
    ]
    assert kinds.count('ME') >= 60
    assert kinds.count('MaE') >= 40
    assert set(kinds) == {'ME', 'MaE'}


def test_lengths_and_amplitudes_follow_the_measured_ones(standard: list[VideoPlan]) -> None:
    normal = [plan for plan in standard if plan.part == 'normal']
    events = [(event, plan.camera.fps) for plan in normal for event in plan.events]
    seconds = {
        kind: [(e.end - e.start) / fps for e, fps in events if e.kind == kind] for kind in ('MaE', 'ME')
    }
    assert 1.0 <= np.median(seconds['MaE']) <= 1.1
    assert min(seconds['MaE']) >= 0.5 and max(seconds['MaE']) > 2.5
    assert 0.4 <= np.median(seconds['ME']) <= 0.47
    assert min(seconds['ME']) >= 0.3 and max(seconds['ME']) <= 0.54
    to_apex = [(e.apex - e.start + 1) / fps for e, fps in events if e.kind == 'ME']
    assert np.median(to_apex) == pytest.approx(0.18, abs=0.03)
    amplitudes = {
        kind: np.median([e.amplitude for e, _ in events if e.kind == kind]) for kind in ('MaE', 'ME')
    }
    assert amplitudes['MaE'] == pytest.approx(0.036, abs=0.004)
    assert amplitudes['ME'] == pytest.approx(0.013, abs=0.0015)


def test_labels_are_jittered_and_stay_in_the_video(standard: list[VideoPlan]) -> None:
    errors: dict[str, list[int]] = {'MaE': [], 'ME': []}
    for plan in standard:
        for event in plan.events:
            if event.label is None:
                continue
            onset, apex, offset = event.label
            assert 0 <= onset < apex < offset < plan.total_frames
            if plan.camera.fps == 30:
                errors[event.kind].append(onset - event.start)
                if event.kind == 'ME':
                    assert 9 <= offset - onset + 1 <= 17
    assert np.std(errors['MaE']) == pytest.approx(2.5, abs=0.35)
    assert np.std(errors['ME']) == pytest.approx(1.0, abs=0.15)


def test_expressions_do_not_overlap_and_distractors_have_no_label(standard: list[VideoPlan]) -> None:
    kinds = set()
    for plan in standard:
        expressions = [event for event in plan.events if event.kind in ('MaE', 'ME')]
        assert all(first.end < second.start for first, second in pairwise(expressions))
        for event in plan.events:
            assert 0 < event.start < event.apex <= event.hold_end < event.end <= plan.total_frames
            assert (event.label is not None) == (event.kind in ('MaE', 'ME'))
            kinds.add(event.kind)
    assert kinds == {'MaE', 'ME', 'blink', 'swallow', 'head_shift', 'speech'}


def test_only_the_shifted_part_has_no_action_units(standard: list[VideoPlan]) -> None:
    for plan in standard:
        for event in plan.events:
            if event.label is not None:
                assert bool(event.actions) == (plan.part != 'shift')


def test_too_few_people_are_an_error() -> None:
    with pytest.raises(ValueError, match="'standard' needs the stills of 40 people, found 12"):
        plan_dataset(SIZES['standard'], people=12)


def test_an_unknown_part_is_an_error() -> None:
    with pytest.raises(ValueError, match="Unknown part 'odd'"):
        plan_dataset(SIZES['tiny'], ['odd'])


def test_an_expression_list_that_was_changed_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('mmaction_mespot.synthetic.make.SYNTHME_V1', 'other')
    with pytest.raises(MESpotError, match='expected other'):
        check_benchmark()
