from __future__ import annotations

import numpy as np
import pytest

from mmaction_mespot.face_regions import AU_REGIONS, REGIONS, moved_regions, region_matrix


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('1', {'right_brow_inner', 'left_brow_inner'}),
        ('15+L10', {'right_mouth_corner', 'left_mouth_corner', 'chin', 'left_nose_wing', 'upper_lip'}),
        ('R12', {'right_mouth_corner', 'right_cheek'}),
        ('AU17', {'chin'}),
        ('AU 17 or AU26?', {'chin'}),
        ('43+45', set()),
        ('unknown', set()),
        ('', set()),
    ],
)
def test_regions_of_action_units(text: str, expected: set[str]) -> None:
    assert moved_regions(text) == expected


def test_all_regions_are_ours() -> None:
    assert set().union(*(moved_regions(str(number)) for number in AU_REGIONS)) <= set(REGIONS)


def test_pairs_are_counted() -> None:
    found = region_matrix(['1+17', '17', '45'], ['right_brow_inner', 'chin', 'upper_lip'])
    np.testing.assert_array_equal(found, [[2, 1, 0], [1, 3, 0], [0, 0, 1]])
