from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest

from mmaction_mespot.annotations.own import read_own
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.synthetic.event import Event
from mmaction_mespot.synthetic.still import Still, frame_still
from mmaction_mespot.synthetic.stills import find_people, read_picture
from mmaction_mespot.synthetic.v2 import make
from mmaction_mespot.synthetic.v2.carrier_clip import (
    CarrierClip,
    find_clips,
    read_known_events,
    smooth_meshes,
)
from mmaction_mespot.synthetic.v2.carrier_plan import CarrierPlan, plan_carrier
from mmaction_mespot.synthetic.v2.carrier_renderer import express, face_frame
from mmaction_mespot.synthetic.v2.plan import JAW, FilmCamera
from mmaction_mespot.synthetic.v2.warp import arriving


@pytest.fixture(scope='module')
def still() -> Still:
    path = find_people()[0].resting[0]
    return frame_still(read_picture(path), str(path), 200, 240)


def _clip(still: Still, activity: float = 0.01, count: int = 60) -> CarrierClip:
    meshes = np.repeat(still.landmarks[None], count, axis=0)
    quiet = np.full((count, 2), activity)
    return CarrierClip(Path('a.mp4'), 25.0, (200, 240), meshes, np.ones(count, bool), quiet, np.zeros(count))


def _event(actions: tuple[tuple[int, float, float], ...]) -> Event:
    return Event('MaE', 0, 10, 20, 30, 0.1, actions)


def test_a_stretch_plays_forwards_and_backwards() -> None:
    plan = CarrierPlan('carrier', 'test', 'a', 0, FilmCamera(), 9, 0, (), stretch=(4, 8), first=1)
    assert plan.source_frames().tolist() == [5, 6, 7, 6, 5, 4, 5, 6, 7]


def test_stretches_leave_out_lively_frames_known_events_and_lost_faces(still: Still) -> None:
    clip = _clip(still, count=200)
    clip.activity[100:110, 1] = 0.5
    clip.found[0] = False
    # 0.1 s around the event, 38 frames at least.
    assert clip.stretches(((20, 30),)) == [(32, 100), (110, 200)]


def test_events_stand_out_against_what_the_face_does(still: Still) -> None:
    lively, quiet = (_clip(still, activity) for activity in (0.1, 0.01))
    plans = [plan_carrier('train', 'a', i, [(lively, [(0, 60)])]) for i in range(6)]
    events = [event for plan in plans for event in plan.events]
    assert events and all(event.kind == 'MaE' and event.amplitude > 0.1 for event in events)
    plan = plan_carrier('train', 'a', 0, [(quiet, [(0, 60)])])
    assert plan == plan_carrier('train', 'a', 0, [(quiet, [(0, 60)])])
    assert {event.kind for event in plan.events} == {'MaE', 'ME'}
    assert all(event.end < plan.total_frames for event in plan.events)
    # Pressed lips move little.
    assert all(event.amplitude <= 0.05 for event in plan.events if event.actions[0][0] == 24)


def test_axes_shrink_as_the_head_turns(still: Still) -> None:
    axes, _, iod = face_frame(still.landmarks)
    angle = np.radians(40)
    turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
    turned, _, same = face_frame(still.landmarks @ turn.T)
    assert same == pytest.approx(iod)
    assert np.linalg.norm(turned[:, 0]) < 0.85 * np.linalg.norm(axes[:, 0])
    assert np.linalg.norm(axes[:, 0]) == pytest.approx(iod, rel=0.05)


def test_an_expression_moves_its_part_of_the_face_alone(still: Still) -> None:
    picture = np.repeat(still.image.astype(np.uint8)[..., None], 3, axis=-1)
    assert np.array_equal(express(picture, still.landmarks, [(_event(((12, 1.0, 1.0),)), 0.0)]), picture)
    smiling = express(picture, still.landmarks, [(_event(((12, 1.0, 0.0),)), 0.15)])
    changed = np.abs(smiling.astype(int) - picture).max(-1)
    # The person's left corner of the mouth (291) moves, the brows and the right corner do not.
    for point, moves in ((291, True), (61, False), (105, False), (334, False)):
        x, y = still.landmarks[point, :2].round().astype(int)
        assert (changed[y - 3 : y + 4, x - 3 : x + 4].max() > 12) == moves
    opened = express(picture, still.landmarks, [(_event(((JAW, 1.0, 1.0),)), 0.3)])
    x, y = still.landmarks[13, :2].round().astype(int)
    assert opened[y + 4 : y + 8, x - 3 : x + 4].mean() < 0.7 * picture[y + 4 : y + 8, x - 3 : x + 4].mean()


def test_what_arrives_at_a_node_moved_by_the_field() -> None:
    columns = np.arange(20, dtype=np.float32)
    forward = np.zeros((2, 3, 20), np.float32)
    forward[0] = 0.1 * 8 * columns  # a stretch by 1.1: what arrives at x left from x / 1.1
    assert arriving(forward, 8)[0, 1, 5:15] == pytest.approx(8 * columns[5:15] / 11, rel=0.02)


def test_smoothing_takes_out_the_jitter_and_keeps_the_way(still: Still) -> None:
    rng = np.random.default_rng(0)
    way = np.linspace(0, 30, 60)[:, None, None] * np.array([1.0, 0.5, 0.0])
    clean = still.landmarks[None] + way
    jittered = clean + 0.5 * rng.standard_normal(clean.shape)
    smooth = smooth_meshes(jittered, 25.0)
    error = (smooth - clean)[5:-5]
    assert error.std() < 0.5 * 0.5
    assert np.abs(np.diff(error, axis=0)).mean() < 0.2 * np.abs(np.diff(jittered - clean, axis=0)).mean()


def test_films_of_three_people_are_made_and_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('mmaction_mespot.synthetic.v2.carrier_plan.SECONDS', 3.0)
    monkeypatch.setattr(make, 'CARRIER_SECONDS', 3.0)
    clips = tmp_path / 'clips'
    clips.mkdir()
    for number, person in enumerate(find_people()[:3]):
        path = person.resting[0]
        image = frame_still(read_picture(path), str(path), 160, 192).image.astype(np.uint8)
        with av.open(str(clips / f'p{number}.mp4'), 'w') as container:
            stream = container.add_stream('libx264', rate=25)
            stream.width, stream.height, stream.pix_fmt = 160, 192, 'yuv420p'
            for _ in range(40):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format='gray')))
            container.mux(stream.encode())
    (root,) = make.make_films(tmp_path / 'out', ['carrier'], scale=1e-4, carriers=clips)
    data, _ = read_own(root)
    assert data['metainfo']['part'] == 'carrier'
    assert sorted(map(len, data['metainfo']['splits'].values())) == [1, 1, 1]
    truth = {v['video_id']: v for v in json.loads((root / 'events.json').read_text())['videos']}
    for entry in data['data_list']:
        plan = truth[entry['video_id']]
        assert entry['total_frames'] == plan['total_frames'] == 3 * plan['camera']['fps']
        assert len(entry['instances']) == len(plan['events'])


def test_what_does_not_do_is_told(tmp_path: Path) -> None:
    (tmp_path / 'one.mp4').touch()
    with pytest.raises(MESpotError, match='found clips of 1 people, expected at least 3'):
        find_clips(tmp_path)
    with pytest.raises(MESpotError, match='--carriers: found none'):
        make.make_films(tmp_path / 'out', ['carrier'])
    table = tmp_path / 'known.json'
    table.write_text('{"clips": {"a": {"events": [[3, 9, "MaE"]]}, "b": {"events": null}}}')
    assert read_known_events(table) == {'a': ((3, 9),), 'b': None}
    table.write_text('{"clips": {"a": {"events": [[9, 3, "MaE"]]}}}')
    with pytest.raises(MESpotError, match=r'known\.json: a: events'):
        read_known_events(table)
