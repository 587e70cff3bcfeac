import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.task_modules import PointAssigner, SegmentPoints
from mmaction_mespot.models.task_modules.segment_assigner import BACKGROUND

# points at 1, 3, 5, ... 31 (distances below 0.5 s) and 2, 6, ... 30 (from 0.5 s on), 10 instants a second
POINTS = SegmentPoints(strides=(2, 4), range_bounds_s=(0.5,))([16, 8])


def answers(segments: list[list[float]], centre_radius: float = 1.5) -> list[list[tuple[float, float]]]:
    """(instant, stride) of the points of each event."""
    index = PointAssigner(centre_radius)(POINTS, torch.tensor(segments).float(), 10.0)
    return [
        [(instant, stride) for instant, stride, *_ in POINTS[index == event].tolist()]
        for event in range(len(segments))
    ]


def test_near_the_middle_on_the_level_of_its_range() -> None:
    # 10 to 16: middle 13, radius 3; 11 and 15 are 5 from the farther end, too far for this level, and 14, of
    # the upper one, is 4 from it, too near
    assert answers([[10, 16]]) == [[(13, 2)]]
    # 4 to 20: middle 12, both distances at least 8: the upper level, radius 6; 6 and 18 are 6 away
    assert answers([[4, 20]]) == [[(6, 4), (10, 4), (14, 4), (18, 4)]]
    assert answers([[4, 20]], centre_radius=1.0) == [[(10, 4), (14, 4)]]


def test_the_shortest_event_gets_a_point_of_two() -> None:
    long, short = answers([[0, 32], [5, 17]])
    assert short == [(6, 4), (10, 4), (14, 4)]
    assert long == [(18, 4), (22, 4)]


def test_every_event_gets_a_point() -> None:
    """9 and 11 are 5.95 from the farther end, too far; 10, of the upper level, is 4.95 from it, too near."""
    assert answers([[5.05, 14.95]], centre_radius=0.5) == [[(9, 2)]]


def test_nothing_and_outside_is_background() -> None:
    assert PointAssigner()(POINTS, torch.zeros(0, 2), 10.0).tolist() == [BACKGROUND] * 24
    assert answers([[40, 50]]) == [[]]


def test_seconds_not_instants_choose_the_level() -> None:
    event = torch.tensor([[4.0, 20.0]])
    strides = {
        rate: POINTS[PointAssigner()(POINTS, event, rate) == 0][:, 1].unique().tolist()
        for rate in (10.0, 30.0)
    }
    assert strides == {10.0: [4.0], 30.0: [2.0]}


@given(start=st.floats(0, 100), length=st.floats(3, 28), rate=st.sampled_from([15.0, 30.0]))
def test_an_event_within_the_window_is_never_lost(start: float, length: float, rate: float) -> None:
    points = SegmentPoints()([64, 32, 16, 8, 4])
    event = torch.tensor([[start, start + length]])
    index = PointAssigner()(points, event, rate)
    chosen = points[index == 0, 0]
    assert len(chosen) > 0
    assert ((chosen > event[0, 0]) & (chosen < event[0, 1])).all()


def test_bad_radius_is_an_error() -> None:
    with pytest.raises(MESpotError, match='centre_radius must be above 0, found 0'):
        PointAssigner(0)
