from __future__ import annotations

import numpy as np
import pytest

from mmaction_mespot.spotting.apex import apex_position


def region_flow(height: np.ndarray) -> np.ndarray:
    """Flow of gap 1 whose sum in region 3 is the given course, (n, 14, 2)."""
    flow = np.zeros((len(height), 14, 2))
    flow[:, 3, 1] = np.diff(height, prepend=0.0)
    return flow


def test_the_apex_is_where_the_displacement_is_largest() -> None:
    course = np.array([0, 0.2, 0.6, 1.0, 1.1, 0.7, 0.3, 0.1, 0.0])
    # Displacement after frame 4 is the largest, before it (after frame 3) the second largest.
    assert apex_position(region_flow(course), gap=1) == 4


def test_a_drift_of_the_whole_face_is_no_apex() -> None:
    course = np.array([0, 0.2, 0.6, 1.0, 1.1, 0.7, 0.3, 0.1, 0.0])
    drifting = region_flow(course) + 0.4
    assert apex_position(drifting, gap=1) == 4


def test_single_frames_and_lost_faces() -> None:
    assert apex_position(np.zeros((1, 14, 2)), gap=4) == 0
    assert 0 <= apex_position(np.full((5, 14, 2), np.nan), gap=4) < 5
    with pytest.raises(ValueError, match='at least 1 frame'):
        apex_position(np.zeros((0, 14, 2)), gap=4)
