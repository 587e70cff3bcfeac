from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.intervals.postprocess import PostProcessing, WindowCandidates
from mmaction_mespot.preprocessing.flow.motion import MotionEntry
from mmaction_mespot.preprocessing.preparation_settings import PreparationSettings
from mmaction_mespot.spotting.face import SpotFace, apex_position, open_ends
from mmaction_mespot.spotting.model import SpotModel

NAN = float('nan')


class Prepared:
    """Gives the same candidates at the end, whatever it sees."""

    def __init__(self, detections: Detections) -> None:
        self.detections, self.frames = detections, 0

    def push(self, streams: Mapping[str, np.ndarray]) -> list[WindowCandidates]:
        self.frames += 1
        return []

    def finish(self) -> list[WindowCandidates]:
        return [WindowCandidates(self.detections, 0, self.frames)]


def model_of(detections: Detections) -> SpotModel:
    return SpotModel(
        'prepared',
        PreparationSettings(('flow_roi',), 112, 'dis'),
        (0.6, 0.5),
        PostProcessing(),
        lambda fps, gap, video_fps=None: Prepared(detections),
    )


def face_of(
    segments: list, source: np.ndarray, time_s: np.ndarray, fps: float = 30.0, scores: list | None = None
) -> tuple[SpotFace, list]:
    count = len(segments)
    found = Detections(np.array(segments), np.array(scores or [0.9] * count), np.zeros(count))
    face = SpotFace(model_of(found), fps, 4)
    for position, (index, time) in enumerate(zip(source, time_s, strict=True)):
        flow = np.zeros((14, 2), np.float32)
        flow[2, 0] = 1.0 if position in (20, 21) else -1.0 if position in (24, 25) else 0.0
        assert face.push(MotionEntry(position, int(index), float(time), True, {'flow_roi': flow})) == []
    return face, face.finish()


def test_frames_are_inclusive_and_seconds_are_time_stamps() -> None:
    source = np.arange(100)
    _, (interval,) = face_of([[17.6, 30.4]], source, source / 30 + 0.01)
    # [17.6, 30.4) is [18, 30) in whole frames: frames 18 to 29.
    assert (interval.onset, interval.offset) == (18, 29)
    assert interval.onset_s == pytest.approx(18 / 30 + 0.01)
    assert interval.offset_s == pytest.approx(29 / 30 + 0.01)
    # The displacement rises in frames 20 and 21 and falls in 24 and 25.
    assert interval.apex in (22, 23)
    assert interval.positions == (18, interval.apex, 29)


@pytest.mark.parametrize(
    ('first', 'behind', 'expected'),
    [(2, 98, ''), (1, 30, 'onset'), (30, 99, 'offset'), (0, 100, 'both'), (52, 60, ''), (51, 60, 'onset')],
)
def test_an_end_at_the_border_of_what_was_seen_is_open(first: int, behind: int, expected: str) -> None:
    seen = np.ones(100, int)
    seen[45:50] = 0
    assert open_ends(seen.tolist(), first, behind) == expected
    assert open_ends(seen.tolist(), 20, 43) == '' and open_ends(seen.tolist(), 20, 44) == 'offset'


def test_intervals_at_the_ends_of_a_video_are_open() -> None:
    source = np.arange(100)
    _, intervals = face_of([[0.2, 20], [40, 60], [80, 99.6]], source, source / 30)
    assert [interval.open for interval in intervals] == ['onset', '', 'offset']


def test_a_fast_camera_seen_at_half_its_rate() -> None:
    source = 2 * np.arange(100)
    _, (interval,) = face_of([[18, 30]], source, source / 60)
    # Up to the frame before position 30, which is source frame 60.
    assert (interval.onset, interval.offset) == (36, 59)
    assert interval.offset_s == pytest.approx(59 / 60)


def test_dropped_frames_shift_numbers_but_not_seconds() -> None:
    """Source frames 25 to 27 are missing in time: the frame before stays on the screen."""
    source = np.r_[np.arange(25), [24, 24, 24], np.arange(25, 97)]
    time_s = (
        np.where(np.arange(100) < 25, np.arange(100), np.where(np.arange(100) < 28, 24, np.arange(100))) / 30
    )
    _, (interval,) = face_of([[18, 30]], source, time_s)
    assert (interval.onset, interval.offset) == (18, 26)
    assert interval.offset_s == pytest.approx(29 / 30)
    _, (ending_in_the_gap,) = face_of([[18, 26]], source, time_s)
    assert (ending_in_the_gap.onset, ending_in_the_gap.offset) == (18, 24)


def test_the_end_of_the_video() -> None:
    source = np.arange(40)
    _, (interval,) = face_of([[30, 48]], source, source / 30)
    assert (interval.onset, interval.offset) == (30, 39)


def test_candidates_under_the_threshold_are_kept_and_found_ones_are_not_lost() -> None:
    source = np.arange(100)
    face, found = face_of([[10, 30], [40, 60], [70, 90]], source, source / 30, scores=[0.9, 0.4, 0.01])
    assert [interval.onset for interval in found] == [10]
    candidates = face.candidates()
    assert candidates.scores.tolist() == [0.9, 0.4]
    curves = face.curves(candidates)
    assert curves.shape == (2, 100)
    assert curves[0, [9, 10, 29, 30, 40, 75]].tolist() == [0, 0.9, 0.9, 0, 0.4, 0]


def test_a_video_without_any_position() -> None:
    assert SpotFace(model_of(Detections.empty()), 30.0, 4).finish() == []


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
