from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from mmaction_mespot.synthetic.action_units import ACTION_UNITS, pull_centre
from mmaction_mespot.synthetic.event import Event
from mmaction_mespot.synthetic.renderer import Renderer
from mmaction_mespot.synthetic.stills import find_people
from mmaction_mespot.synthetic.video_plan import VideoPlan

PEOPLE = find_people()
SMILE = Event('MaE', 5, 12, 14, 25, 0.05, ((12, 1.0, 0.0),), (0.5, 0.5, 0.0, 0.3), 'happiness', (5, 12, 24))


def _renderer(plan: VideoPlan, *events: Event, noise: bool = False) -> Renderer:
    return Renderer(replace(plan, events=events), PEOPLE[plan.person - 1], noise=noise)


def test_the_skin_moves_by_the_amplitude_on_the_side_of_the_action_unit(quiet_plan: VideoPlan) -> None:
    renderer = _renderer(quiet_plan, SMILE)
    right, down, _ = renderer.displacement(SMILE.apex)
    breath = renderer.displacement(0)
    length = np.hypot(right - breath[0], down - breath[1])
    x, y = pull_centre(renderer.still.landmarks, ACTION_UNITS[12][0], 'L').round().astype(int)
    wanted = SMILE.amplitude * renderer.still.iod
    assert length[y, x] == pytest.approx(wanted, rel=0.2)
    assert length.max() == pytest.approx(wanted, rel=0.2)
    x, y = pull_centre(renderer.still.landmarks, ACTION_UNITS[12][0], 'R').round().astype(int)
    assert length[y, x] < 0.15 * wanted


def test_the_drawn_frames_move_as_the_displacement_says(quiet_plan: VideoPlan) -> None:
    renderer = _renderer(quiet_plan, SMILE)
    before, apex = renderer.frame(0), renderer.frame(SMILE.apex)
    flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(before, apex, None)
    right, down, _ = renderer.displacement(SMILE.apex)
    x, y = pull_centre(renderer.still.landmarks, ACTION_UNITS[12][0], 'L').round().astype(int)
    around = np.s_[y - 8 : y + 9, x - 8 : x + 9]
    measured = np.array([flow[around][..., 0].mean(), flow[around][..., 1].mean()])
    true = np.array([right[around].mean(), down[around].mean()])
    assert np.hypot(*(measured - true)) < 0.25 * np.hypot(*true)
    assert true[0] > 0 > true[1]


def test_nothing_happens_outside_of_an_event(quiet_plan: VideoPlan) -> None:
    renderer = _renderer(quiet_plan, SMILE)
    at_rest = _renderer(quiet_plan)
    for index in (0, SMILE.start - 1, SMILE.end, 29):
        np.testing.assert_array_equal(renderer.frame(index), at_rest.frame(index))


def test_a_blink_closes_the_eyes_and_touches_nothing_else(quiet_plan: VideoPlan) -> None:
    blink = Event('blink', 5, 8, 9, 14, 1.0, shape=(0.5, 0.5, 0.0))
    renderer = _renderer(quiet_plan, blink)
    open_eyes, closed = (_renderer(quiet_plan, *events).frame(8).astype(float) for events in ((), (blink,)))
    changed = np.abs(closed - open_eyes)
    landmarks = renderer.still.landmarks
    for eye in ((159, 145), (386, 374)):
        x, y = landmarks[list(eye), :2].mean(0).round().astype(int)
        assert changed[y - 3 : y + 4, x - 3 : x + 4].mean() > 15
    assert changed[int(landmarks[4, 1]) :].max() == 0
    assert changed[: int(landmarks[10, 1])].max() == 0


def test_speech_opens_the_mouth_onto_darkness(quiet_plan: VideoPlan) -> None:
    plan = replace(quiet_plan, person=30)
    speech = Event('speech', 5, 15, 15, 28, 0.08, shape=(0.5, 0.5, 0.0, 0.5))
    renderer = _renderer(plan, speech)
    widest = int(renderer.motion.opening.argmax())
    x, y = renderer.still.landmarks[[13, 14], :2].mean(0).round().astype(int)
    rows = np.s_[y - 2 : y + 12, x - 2 : x + 3]
    assert renderer.frame(widest)[rows].min() < renderer.frame(0)[rows].min() - 10


def test_the_border_stays_and_is_never_torn(quiet_plan: VideoPlan) -> None:
    plan = replace(quiet_plan, head_scale=1.5, total_frames=60)
    shift = Event('head_shift', 2, 10, 10, 20, 2.5, shape=(1.0, 1.0, 1.0, 1.0))
    renderer = _renderer(plan, shift)
    for index in (0, 30, 59):
        right, down, _ = renderer.displacement(index)
        for edge in (np.s_[:2], np.s_[-2:], np.s_[:, :2], np.s_[:, -2:]):
            assert np.hypot(right[edge], down[edge]).max() < 0.05
        # The map stays one to one: no point overtakes its neighbour.
        assert np.diff(right, axis=1).max() < 0.9 and np.diff(down, axis=0).max() < 0.9


def test_a_morph_moves_the_face_by_its_amplitude(quiet_plan: VideoPlan) -> None:
    plan = replace(quiet_plan, morph=True)
    event = replace(SMILE, actions=())
    renderer = _renderer(plan, event)
    right, down, _ = renderer.displacement(event.apex)
    rest = renderer.displacement(0)
    length = np.hypot(right - rest[0], down - rest[1])
    assert length.max() == pytest.approx(event.amplitude * renderer.still.iod, rel=0.15)
    assert np.abs(renderer.frame(event.apex).astype(float) - renderer.frame(0)).max() > 10


def test_equal_plans_give_equal_noisy_frames(quiet_plan: VideoPlan) -> None:
    first, second = (_renderer(quiet_plan, SMILE, noise=True) for _ in range(2))
    np.testing.assert_array_equal(first.frame(12), second.frame(12))
    noise = first.frame(0).astype(float) - _renderer(quiet_plan, SMILE).frame(0)
    assert noise.std() == pytest.approx(quiet_plan.camera.noise, rel=0.25)


def test_a_person_with_one_still_cannot_morph(quiet_plan: VideoPlan) -> None:
    stills = replace(PEOPLE[9], others=())
    with pytest.raises(ValueError, match='no other still of this person'):
        Renderer(replace(quiet_plan, morph=True, events=(SMILE,)), stills)
