from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.intervals.postprocess import PostProcessing, WindowCandidates
from mmaction_mespot.preprocessing.faces.mesh import NUM_LANDMARKS
from mmaction_mespot.preprocessing.faces.shape import shape_points
from mmaction_mespot.preprocessing.flow.motion import MotionEntry
from mmaction_mespot.preprocessing.preparation_settings import PreparationSettings
from mmaction_mespot.spotting.face import SpotFace, apex_position, open_ends
from mmaction_mespot.spotting.model import SpotModel

NAN = float('nan')
SHAPE = shape_points(np.random.default_rng(0).uniform(10, 100, (NUM_LANDMARKS, 3)))


def entry_of(position: int, index: int, time_s: float, flow: np.ndarray, face: bool = True) -> MotionEntry:
    streams = {'flow_roi': flow, 'head_motion': np.zeros(2, np.float32), 'face_shape': SHAPE}
    return MotionEntry(position, index, time_s, face, streams)


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
        assert face.push(entry_of(position, int(index), float(time), flow)) == []
    return face, face.finish()


class Half:
    """MaE are true with half their score, ME always."""

    made_from = 'nothing'

    def probability(self, scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
        return np.where(labels == 0, scores / 2, 1.0)

    def rate(self, thresholds: Sequence[float]) -> float:
        return 3.0


def test_each_interval_has_the_probability_of_its_score_and_class() -> None:
    found = Detections([[10, 40], [60, 70], [80, 84]], [0.8, 0.7, 0.55], [0, 1, 0])
    model = replace(model_of(found), worth=Half())
    face = SpotFace(model, 30.0, 4)
    for place in range(100):
        face.push(entry_of(place, place, place / 30, np.zeros((14, 2), np.float32)))
    assert [interval.probability for interval in face.finish()] == [0.4, 1.0]
    candidates = face.intervals(face.candidates())
    assert [one.to_dict()['probability'] for one in candidates] == [0.4, 1.0]
    assert model.false_per_minute == {'expected': 3.0, 'measured_on': 'nothing'}


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


class InWindows:
    """Gives the same brow raiser in every window of 60 frames, each as soon as it is over."""

    def __init__(self) -> None:
        self.frames = 0

    def push(self, streams: Mapping[str, np.ndarray]) -> list[WindowCandidates]:
        self.frames += 1
        return [] if self.frames % 60 else [self._window()]

    def finish(self) -> list[WindowCandidates]:
        return []

    def _window(self) -> WindowCandidates:
        start = self.frames - 60
        found = Detections(np.array([[start + 20.0, start + 34.0]]), np.array([0.9]), np.array([1]))
        return WindowCandidates(found, start, self.frames)


def raised_brows(lost: int | None = None) -> tuple[SpotFace, list]:
    """Ten raises of both outer brows by 2 px of 112, the face lost in one frame."""
    model = SpotModel(
        'windows',
        PreparationSettings(('flow_roi',), 112, 'dis'),
        (0.6, 0.5),
        PostProcessing(max_length_s=(2.0, 0.5)),
        lambda fps, gap, video_fps=None: InWindows(),
    )
    face, found = SpotFace(model, 30.0, 1), []
    for position in range(600):
        flow = np.zeros((14, 2), np.float32)
        up = {21: 1.0, 22: 1.0, 31: -1.0, 32: -1.0}.get(position % 60, 0.0)
        flow[[1, 2, 4, 5], 1] = -up
        found += face.push(entry_of(position, position, position / 30, flow, position != lost))
    return face, found + face.finish()


def test_every_interval_says_what_moved_and_old_frames_are_let_go() -> None:
    face, found = raised_brows()
    assert len(found) == 10
    for number, interval in enumerate(found):
        (brows,) = interval.moved
        assert (brows.action, brows.side) == ('outer brow raiser', 'both')
        # 2 px of 44.8 px between the eyes; the mesh, which stays still, takes a quarter off.
        assert brows.displacement_iod == pytest.approx(0.75 * 2 / 44.8, rel=0.1)
        assert len(brows.curve_iod) == len(interval.moved_s) == 14
        assert interval.moved_s[0] == pytest.approx((60 * number + 20) / 30)
    assert len(face._poses) < 300


def test_where_the_face_was_lost_nothing_is_said_of_what_moved() -> None:
    _, found = raised_brows(lost=150)
    assert [len(interval.moved) for interval in found] == [1, 1, 0, 1, 1, 1, 1, 1, 1, 1]


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
