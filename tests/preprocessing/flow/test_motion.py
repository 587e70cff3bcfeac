from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from mmaction_mespot.preprocessing.faces.face_aligner import AlignedFrame
from mmaction_mespot.preprocessing.faces.regions import grid_means
from mmaction_mespot.preprocessing.faces.shape import SHAPE_POINTS, shape_points
from mmaction_mespot.preprocessing.flow import compute, motion
from mmaction_mespot.preprocessing.flow.motion import flow_pair, motion_stream

_SIZE = 64
_LANDMARKS = np.random.default_rng(0).uniform(10, 50, (468, 3))


class _Crop(np.ndarray):
    alive = 0
    most = 0

    def __del__(self) -> None:
        _Crop.alive -= 1


def _aligned(count: int, lost: tuple[int, ...] = ()) -> Iterator[AlignedFrame]:
    """Crops whose grey level is their position."""
    for position in range(count):
        crop = np.full((_SIZE, _SIZE, 3), position % 200, np.uint8).view(_Crop)
        _Crop.alive += 1
        _Crop.most = max(_Crop.most, _Crop.alive)
        yield AlignedFrame(
            position,
            2 * position,
            position / 15,
            crop,
            _LANDMARKS,
            position not in lost,
            (0, 0, 9, 9),
            np.eye(2, 3),
        )
        del crop


@pytest.fixture
def flow_of_levels(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in whose flow tells which two crops it was given, but for the nose, which stands still."""

    def flow(prev: np.ndarray, later: np.ndarray, method: str) -> np.ndarray:
        return np.full((*prev.shape, 2), (prev[0, 0], later[0, 0]), np.float32)

    monkeypatch.setattr(compute, 'compute_flow', flow)
    monkeypatch.setattr(motion, 'head_motion', lambda flow, landmarks: np.float32([0.5, 0.25]))


@pytest.mark.usefixtures('flow_of_levels')
@pytest.mark.parametrize('gap', [1, 3, 4, 30])
@pytest.mark.parametrize('count', [1, 2, 12])
def test_entries_are_centred_on_their_frame_without_head_motion(gap: int, count: int) -> None:
    names = ('rgb', 'flow', 'flow_grid', 'flow_roi')
    entries = list(motion_stream(_aligned(count), 30, gap, names, 'dis'))
    assert [entry.position for entry in entries] == list(range(count))
    assert [entry.source_index for entry in entries] == [2 * i for i in range(count)]
    assert all(entry.face for entry in entries)
    for i, entry in enumerate(entries):
        assert {name: value.shape for name, value in entry.streams.items()} == {
            'rgb': (_SIZE, _SIZE, 3),
            'flow': (_SIZE, _SIZE, 2),
            'flow_grid': (12, 12, 2),
            'flow_roi': (14, 2),
            'head_motion': (2,),
            'face_shape': (len(SHAPE_POINTS), 3),
        }
        assert entry.streams['head_motion'].tolist() == [0.5, 0.25]
        assert entry.streams['rgb'][0, 0, 0] == i
        expected = np.array(flow_pair(i, gap, count)) - [0.5, 0.25]
        for name in names[1:]:
            assert entry.streams[name].dtype == np.float32
            np.testing.assert_allclose(entry.streams[name].reshape(-1, 2).mean(axis=0), expected, atol=1e-4)


@pytest.mark.usefixtures('flow_of_levels')
def test_the_gap_is_by_default_that_of_prepared_sets() -> None:
    entries = list(motion_stream(_aligned(20), 50, None, ['flow_roi'], 'dis'))
    assert entries[10].streams['flow_roi'][0].tolist() == [6.5, 12.75]


def test_flow_pairs_are_centred_and_clipped() -> None:
    assert [flow_pair(i, 4, 10) for i in (0, 1, 2, 5, 7, 8, 9)] == [
        (0, 2),
        (0, 3),
        (0, 4),
        (3, 7),
        (5, 9),
        (6, 9),
        (7, 9),
    ]
    assert [flow_pair(i, 1, 3) for i in range(3)] == [(0, 1), (1, 2), (2, 2)]
    assert [flow_pair(i, 3, 2) for i in range(2)] == [(0, 1), (0, 1)]


@pytest.mark.usefixtures('flow_of_levels')
def test_the_head_motion_may_stay_in() -> None:
    entries = list(motion_stream(_aligned(8), 30, 2, ['flow_roi'], 'dis', remove_head_motion=False))
    assert entries[4].streams['flow_roi'][0].tolist() == [3, 5]
    assert entries[4].streams['head_motion'].tolist() == [0.5, 0.25]


@pytest.mark.usefixtures('flow_of_levels')
def test_without_a_face_there_is_no_flow() -> None:
    entries = list(motion_stream(_aligned(20, lost=(9, 10)), 30, 4, ['flow', 'rgb'], 'dis'))
    assert [entry.position for entry in entries if not entry.face] == [7, 8, 9, 10, 11, 12]
    for entry in entries:
        assert entry.face == bool(np.abs(entry.streams['flow']).max() > 0)
        assert entry.face == bool(entry.streams['head_motion'].any())
        assert entry.streams['rgb'][0, 0, 0] == entry.position


@pytest.mark.usefixtures('flow_of_levels')
def test_no_more_crops_are_held_than_the_gap_needs() -> None:
    _Crop.alive = _Crop.most = 0
    for _ in motion_stream(_aligned(300), 30, 4, ['flow_roi'], 'dis'):
        pass
    assert 5 <= _Crop.most <= 8


def test_only_frames_are_asked_for_without_flow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compute, 'compute_flow', None)
    entries = list(motion_stream(_aligned(6), 30, 4, ['rgb']))
    assert [list(entry.streams) for entry in entries] == [['rgb']] * 6
    entries = list(motion_stream(_aligned(6), 30, 4, ['face_shape']))
    assert [list(entry.streams) for entry in entries] == [['face_shape']] * 6
    np.testing.assert_array_equal(entries[0].streams['face_shape'], shape_points(_LANDMARKS))


def test_flow_is_computed_once_a_position(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def flow(prev: np.ndarray, later: np.ndarray, method: str) -> np.ndarray:
        calls.append(method)
        return np.random.default_rng(len(calls)).normal(size=(*prev.shape, 2)).astype(np.float32)

    monkeypatch.setattr(compute, 'compute_flow', flow)
    entries = list(motion_stream(_aligned(10), 30, 4, ['flow', 'flow_grid'], 'tvl1-fast'))
    assert calls == ['tvl1-fast'] * 10
    both = entries[4].streams
    np.testing.assert_allclose(grid_means(both['flow']), both['flow_grid'], atol=1e-5)


@pytest.mark.parametrize(
    ('gap', 'streams', 'method', 'message'),
    [
        (0, ['flow'], 'dis', 'flow_gap: found 0'),
        (4, ['depth'], 'dis', "streams: found \\('depth',\\)"),
        (4, [], 'dis', 'streams: found'),
        (4, ['flow'], 'other', "flow_method: found 'other'"),
    ],
)
def test_options_are_checked(gap: int, streams: list[str], method: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        next(motion_stream(_aligned(3), 30, gap, streams, method))
