from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from mmaction_mespot.annotations.own import read_own
from mmaction_mespot.synthetic.v2 import make
from mmaction_mespot.synthetic.v2.motion import build_film_motion
from mmaction_mespot.synthetic.v2.plan import PARTS, FilmCamera, plan_film


def test_a_smaller_drawing_is_a_prefix_and_people_are_disjoint() -> None:
    cast = make.find_cast(None)
    large, small = (make.plan_films('natural', cast, scale) for scale in (0.5, 0.1))
    for split in ('train', 'val', 'test'):
        ours = [plan for plan in small if plan.split == split]
        assert ours
        assert ours == [plan for plan in large if plan.split == split][: len(ours)]
    people = [{plan.subject for plan in large if plan.split == split} for split in ('train', 'val', 'test')]
    assert not (people[0] & people[1] or people[0] & people[2] or people[1] & people[2])


def test_events_lie_in_the_film_and_have_the_lengths_of_their_class() -> None:
    for index in range(20):
        plan = plan_film('dense', 'train', 'orl01', index)
        for event in plan.events:
            assert 0 < event.start <= event.apex <= event.hold_end < event.end < plan.total_frames
            if event.label is None:
                continue
            onset, apex, offset = event.label
            assert 0 <= onset < apex < offset < plan.total_frames
            low, high = (0.005, 0.03) if event.kind == 'ME' else (0.02, 0.4)
            assert low <= event.amplitude <= high
            if event.kind == 'ME':
                assert offset + 1 - onset <= max(3, 0.5 * plan.camera.fps)


def test_parts_without_labels_have_none() -> None:
    for part in ('calm', 'talk', 'motion', 'none'):
        plans = [plan_film(part, 'test', 'orl01', index) for index in range(5)]
        assert all(event.label is None for plan in plans for event in plan.events)
    assert PARTS['natural'].minutes[2] >= 60
    assert any(e.kind == 'speech' for e in plan_film('talk', 'test', 'orl01', 0).events)


def test_only_people_whose_stills_differ_are_morphed(tmp_path: Path) -> None:
    orl = make.find_cast(None)
    stills = next(own for split, own in orl.values() if split == 'train' and len(own.others) > 1)
    resting, other = stills.resting[0], stills.others[0]
    alike = replace(stills, resting=(resting,), others=(tmp_path / 'same.png',))
    (tmp_path / 'same.png').write_bytes(resting.read_bytes())
    differing = replace(stills, resting=(resting,), others=(other,))
    cast = {'alike': ('train', alike), 'differing': ('train', differing)}
    assert {plan.subject for plan in make.plan_films('morph', cast, 0.2)} == {'differing'}
    assert make.plan_films('morph', {'alike': ('train', alike)}, 0.2) == []


def test_lively_people_rest_hardly_between_large_expressions() -> None:
    plans = [plan_film('lively', 'train', 'orl01', index) for index in range(8)]
    minutes = sum(plan.total_frames / plan.camera.fps for plan in plans) / 60
    large = [[event for event in plan.events if event.kind == 'MaE'] for plan in plans]
    assert sum(map(len, large)) / minutes > 18
    assert min(event.amplitude for events in large for event in events) >= 0.05
    rests = [
        (after.start - before.end) / plan.camera.fps
        for plan, events in zip(plans, large, strict=True)
        for before, after in pairwise(events)
    ]
    assert 0 <= min(rests) < 0.2


def test_a_large_expression_opens_the_mouth() -> None:
    plans = [plan_film('dense', 'train', 'orl01', index) for index in range(10)]
    plan, event = next((p, e) for p in plans for e in p.events if e.amplitude > 0.25 and e.kind == 'MaE')
    motion = build_film_motion(replace(plan, events=(event,)))
    assert motion.opening[event.apex] == pytest.approx(event.amplitude)
    assert motion.opening[: event.start].max() == 0


def test_the_reader_of_own_videos_reads_what_was_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('mmaction_mespot.synthetic.v2.plan.SECONDS', 4.0)
    monkeypatch.setattr('mmaction_mespot.synthetic.v2.plan.CAMERAS', (FilmCamera(160, 192, 15),))
    monkeypatch.setattr('mmaction_mespot.synthetic.v2.plan._CAMERA_SHARES', (1.0,))
    roots = make.make_films(tmp_path, ['dense', 'none'], jobs=1, scale=1e-4)
    data, _ = read_own(roots[0])
    assert data['metainfo']['part'] == 'dense'
    truth = {v['video_id']: v for v in json.loads((roots[0] / 'events.json').read_text())['videos']}
    assert {entry['video_id'] for entry in data['data_list']} == set(truth)
    assert sorted(map(len, data['metainfo']['splits'].values())) == [0, 1, 1]
    for entry in data['data_list']:
        assert (entry['total_frames'], entry['fps']) == (60, 15)
        wanted = sorted(
            [e['label'][0], e['label'][2] + 1] for e in truth[entry['video_id']]['events'] if e['label']
        )
        assert sorted(instance['segment'] for instance in entry['instances']) == wanted
    film = cv2.VideoCapture(str(next((roots[0] / 'videos').iterdir())))
    ok, first = film.read()
    assert ok and first.shape == (192, 160, 3) and np.std(first) > 20
    # What is there is not made again; a missing film is.
    films = sorted((roots[0] / 'videos').iterdir())
    times = [path.stat().st_mtime_ns for path in films]
    content = films[0].read_bytes()
    films[0].unlink()
    make.make_films(tmp_path, ['dense', 'none'], jobs=1, scale=1e-4)
    assert films[0].read_bytes() == content
    assert films[1].stat().st_mtime_ns == times[1]


def test_unknown_parts_and_scales_are_errors(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Unknown part 'loud'"):
        make.plan_films('loud', {})
    with pytest.raises(ValueError, match='scale: found 0'):
        make.plan_films('dense', {}, 0)
