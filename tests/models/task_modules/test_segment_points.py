import math

import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.task_modules import SegmentPoints


def test_points_of_two_levels() -> None:
    points = SegmentPoints(strides=(2, 4), range_bounds_s=(0.25,))([3, 1])
    assert points.tolist() == [[1, 2, 0, 0.25], [3, 2, 0, 0.25], [5, 2, 0, 0.25], [2, 4, 0.25, math.inf]]


@pytest.mark.parametrize('bounds', [(0.3, 0.2), (0.3,), (0.0, 0.2)])
def test_bounds_that_do_not_fit_are_errors(bounds: tuple[float, ...]) -> None:
    with pytest.raises(MESpotError, match='3 strides need 2 growing bounds above 0, found range_bounds_s='):
        SegmentPoints(strides=(2, 4, 8), range_bounds_s=bounds)


def test_another_number_of_levels_is_an_error() -> None:
    with pytest.raises(MESpotError, match=r'5 strides \(2, 4, 8, 16, 32\) for 2 levels'):
        SegmentPoints()([4, 2])
