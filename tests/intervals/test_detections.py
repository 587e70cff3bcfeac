import pytest

from mmaction_mespot.intervals.detections import Detections, WindowCandidates


def test_a_window_ends_after_its_start():
    with pytest.raises(ValueError, match=r'\[5, 5\)'):
        WindowCandidates(Detections.empty(), 5, 5)
