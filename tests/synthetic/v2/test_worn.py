from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mmaction_mespot.synthetic.stills import find_people
from mmaction_mespot.synthetic.v2.no_face import SCENES, draw_scene
from mmaction_mespot.synthetic.v2.plan import LARGE, PARTS, FilmCamera, FilmPlan, plan_film
from mmaction_mespot.synthetic.v2.renderer import FilmRenderer


@pytest.fixture(scope='module')
def quiet() -> FilmPlan:
    camera = FilmCamera(240, 288, 30, noise=0.0, flicker=0.0, exposure=0.0)
    return FilmPlan('calm', 'test', 'orl04', 0, camera, 30, 3, ())


def test_what_is_worn_changes_its_part_of_the_face_alone(quiet: FilmPlan) -> None:
    stills = find_people()[3]
    bare = FilmRenderer(quiet, stills)
    plain = bare.frame(7).astype(int)
    eyes = bare.still.landmarks[[33, 263], :2].mean(0).round().astype(int)
    mouth = bare.still.landmarks[13, :2].round().astype(int)
    iod = bare.still.iod
    for name in ('glasses', 'hair'):
        drawn = FilmRenderer(replace(quiet, **{name: True}), stills).frame(7)
        again = FilmRenderer(replace(quiet, **{name: True}), stills).frame(7)
        assert np.array_equal(drawn, again)
        changed = np.abs(drawn - plain) > 8
        assert changed[: eyes[1] + round(0.5 * iod)].sum() > 50
        assert not changed[mouth[1] :].any()


def test_glasses_stay_rigid_where_brows_move(quiet: FilmPlan) -> None:
    drawn = FilmRenderer(replace(quiet, glasses=True), find_people()[3])
    rim = drawn.still.landmarks[[33, 133, 159]]
    placed = drawn._projection(7)(rim)
    lengths = [np.linalg.norm(points[0] - points[1]) for points in (rim[:, :2], placed)]
    assert lengths[1] == pytest.approx(lengths[0], rel=0.03)
    turned = replace(drawn.motion, yaw=np.full(30, 0.3), roll=np.zeros(30), pitch=np.zeros(30))
    drawn.motion = turned
    across = drawn._projection(7)(drawn.still.landmarks[[33, 263]])
    straight = drawn.still.landmarks[[33, 263], :2]
    assert abs(across[1, 0] - across[0, 0]) < abs(straight[1, 0] - straight[0, 0])


def test_parts_set_what_is_worn_how_large_and_how_dense() -> None:
    plans = [plan_film('natural', 'test', f'f{n}', index) for n in range(40) for index in range(2)]
    assert 0.1 < np.mean([plan.glasses for plan in plans]) < 0.3
    assert 0.1 < np.mean([plan.hair for plan in plans]) < 0.3
    large = [plan for plan in plans if (plan.camera.width, plan.camera.height) == LARGE]
    assert large and all(plan.camera.fps == 30 for plan in large)
    assert all(plan_film('natural', 'test', f'orl{n:02d}', 0).camera.width < LARGE[0] for n in range(1, 30))
    labelled = [[sum(e.label is not None for e in p.events) for p in plans if p.index == i] for i in range(2)]
    # Of 1.9 and 4.3 drawn in 45 s.
    assert np.mean(labelled[1]) > 1.5 * np.mean(labelled[0])
    assert not plan_film('none', 'test', 'scene-test', 0).glasses
    assert PARTS['natural'].livelier is not None
    told = next(plan for plan in plans if plan.glasses and not plan.hair).as_dict()
    assert told['glasses'] and 'hair' not in told


def test_scenes_without_a_face_have_something_in_them() -> None:
    for scene in SCENES:
        picture = draw_scene(scene, np.random.default_rng(1), 120, 144)
        assert picture.shape == (144, 120, 3) and picture.std() > 5
        assert picture.min() >= 0 and picture.max() <= 255
