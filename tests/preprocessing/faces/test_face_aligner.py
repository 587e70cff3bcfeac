from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from video_files import timed

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.faces import FaceTracker, NoFaceError, warp
from mmaction_mespot.preprocessing.faces.face_aligner import AlignedFrame, align_stream
from mmaction_mespot.preprocessing.faces.find_faces import find_faces
from mmaction_mespot.preprocessing.flow.motion import motion_stream
from mmaction_mespot.preprocessing.preparation_settings import PreparationSettings
from mmaction_mespot.preprocessing.store.face_file import FaceFile
from mmaction_mespot.preprocessing.store.store_reader import StreamReader
from mmaction_mespot.preprocessing.video import TimedFrame, VideoError, open_video_source, resample
from mmaction_mespot.preprocessing.video_preparation import prepare_video

_EMPTY = np.full((300, 256, 3), 90, np.uint8)


def _shifted(image: np.ndarray, x: float, y: float = 0) -> np.ndarray:
    matrix = np.array([[1, 0, x], [0, 1, y]], np.float64)
    return cv2.warpAffine(image, matrix, image.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)


def _aligned(
    images: list[np.ndarray], fps: float, tracker: FaceTracker, notes: list[str] | None = None, **options: Any
) -> list[AlignedFrame]:
    return list(align_stream(timed(images, fps), fps, 64, tracker, notes=notes, **options))


def _swaying(portrait: np.ndarray, count: int, fps: float) -> list[np.ndarray]:
    """A head that sways, turns a little and comes nearer, with some noise."""
    rng = np.random.default_rng(0)
    images = []
    for index in range(count):
        t = index / fps
        matrix = cv2.getRotationMatrix2D((128, 140), 4 * np.sin(1.1 * t), 0.95 + 0.05 * np.sin(0.7 * t))
        matrix[:, 2] += [9 * np.sin(1.7 * t), 5 * np.sin(2.3 * t)]
        image = cv2.warpAffine(portrait, matrix, (256, 300), borderMode=cv2.BORDER_REPLICATE)
        images.append(np.clip(image + rng.normal(0, 2, image.shape), 0, 255).astype(np.uint8))
    return images


def _prepared(
    folder: Path, images: list[np.ndarray], fps: float, tracker: FaceTracker
) -> dict[str, np.ndarray]:
    for index, image in enumerate(images):
        cv2.imwrite(str(folder / f'img{index:03d}.png'), image[:, :, ::-1])
    video = dict(
        video_id='v',
        frame_dir='.',
        filename_tmpl='img{:03d}.png',
        start_index=0,
        total_frames=len(images),
        fps=fps,
    )
    settings = PreparationSettings(crop_size=64, flow_method='dis')
    prepare_video(video, folder, folder / 'out', settings, tracker)
    readers = {name: StreamReader(folder / 'out' / name / 'v.h5') for name in settings.streams}
    every = np.arange(len(images))
    return {name: reader.read(every, remove_head_motion=name != 'rgb') for name, reader in readers.items()}


def _streamed(folder: Path, fps: float, tracker: FaceTracker) -> dict[str, np.ndarray]:
    frames = resample(open_video_source(folder, fps), fps)
    names = ('rgb', 'flow', 'flow_grid', 'flow_roi')
    entries = list(motion_stream(align_stream(frames, fps, 64, tracker), fps, None, names, 'dis'))
    assert [entry.position for entry in entries] == [entry.source_index for entry in entries]
    assert all(entry.face for entry in entries)
    return {name: np.stack([entry.streams[name] for entry in entries]) for name in names}


def test_a_video_within_the_look_ahead_is_as_prepared(
    tracker: FaceTracker, portrait: np.ndarray, tmp_path: Path
) -> None:
    """The same but for how the store rounds: flow to 1/64 px, means to float16."""
    images = _swaying(portrait, 28, 10)
    images[12:16] = [_EMPTY] * 4  # a short loss, bridged by both
    prepared = _prepared(tmp_path, images, 10, tracker)
    streamed = _streamed(tmp_path, 10, tracker)
    for name, bound in (('flow', 0.018), ('flow_grid', 0.01), ('flow_roi', 0.01)):
        assert streamed[name].shape == prepared[name].shape
        np.testing.assert_allclose(streamed[name], prepared[name], rtol=1e-3, atol=bound)
    matrices = FaceFile.read(tmp_path / 'out' / 'faces' / 'v.h5').matrices
    crops = [warp(image, matrix, 64) for image, matrix in zip(images, matrices, strict=True)]
    np.testing.assert_allclose(streamed['rgb'].astype(int), crops, atol=1)


def test_a_longer_video_moves_as_prepared(tracker: FaceTracker, portrait: np.ndarray, tmp_path: Path) -> None:
    """The median face of the first seconds, not of all, shifts the crop by a fraction of a pixel."""
    images = _swaying(portrait, 70, 10)
    prepared = _prepared(tmp_path, images, 10, tracker)
    streamed = _streamed(tmp_path, 10, tracker)
    for name in ('flow_grid', 'flow_roi'):
        assert streamed[name].shape == prepared[name].shape
        assert np.abs(streamed[name] - prepared[name]).mean() < 0.01
        assert np.corrcoef(streamed[name].ravel(), prepared[name].ravel())[0, 1] > 0.98
    matrices = FaceFile.read(tmp_path / 'out' / 'faces' / 'v.h5').matrices
    crops = [warp(image, matrix, 64) for image, matrix in zip(images, matrices, strict=True)]
    assert np.abs(streamed['rgb'].astype(int) - crops).mean() < 3


def test_where_the_frames_are_and_where_the_face_is(tracker: FaceTracker, portrait: np.ndarray) -> None:
    frames = [TimedFrame(2 * i + 1, i / 10 + 0.003, _shifted(portrait, 2 * i)) for i in range(5)]
    aligned = list(align_stream(frames, 10, 64, tracker))
    assert [frame.position for frame in aligned] == list(range(5))
    assert [frame.source_index for frame in aligned] == [1, 3, 5, 7, 9]
    assert [frame.time_s for frame in aligned] == [frame.time_s for frame in frames]
    assert aligned[0].crop.shape == (64, 64, 3)
    assert aligned[0].landmarks.shape == (468, 3)
    assert aligned[4].box[0] - aligned[0].box[0] == pytest.approx(8, abs=1)
    eyes = [aligned[2].landmarks[pair, :2].mean(axis=0) for pair in ([33, 133], [362, 263])]
    np.testing.assert_allclose(np.array(eyes) / 64, [[0.30, 0.38], [0.70, 0.38]], atol=0.02)


def test_a_long_loss_is_marked_and_the_alignment_starts_anew(
    tracker: FaceTracker, portrait: np.ndarray
) -> None:
    moved = _shifted(portrait, 20)
    notes: list[str] = []
    aligned = _aligned([portrait] * 6 + [_EMPTY] * 14 + [moved] * 8, 5, tracker, notes)
    assert [frame.position for frame in aligned] == list(range(28))
    assert [frame.face for frame in aligned] == [True] * 6 + [False] * 14 + [True] * 8
    assert notes == ['face lost 1.2-4.0 s']
    # Nothing of the place before the loss pulls at the crop after it.
    assert np.abs(aligned[22].crop.astype(int) - aligned[4].crop).mean() < 3
    assert aligned[15].box == pytest.approx(aligned[5].box)
    flow = list(motion_stream(aligned, 5, 1, ['flow_grid'], 'dis'))
    assert max(np.abs(entry.streams['flow_grid']).max() for entry in flow) < 0.2


def test_short_losses_are_bridged_with_a_note(tracker: FaceTracker, portrait: np.ndarray) -> None:
    notes: list[str] = []
    images = [_EMPTY] * 3 + [portrait] * 5 + [_EMPTY] * 6 + [portrait] * 5 + [_EMPTY] * 4
    aligned = _aligned(images, 10, tracker, notes)
    assert len(aligned) == len(images)
    assert all(frame.face for frame in aligned)
    assert notes == [
        'no face 0.0-0.3 s',
        'face lost 0.8-1.4 s: bridged',
        'face lost from 1.9 s to the end: bridged',
    ]


def test_a_face_that_comes_late_and_goes_for_good(tracker: FaceTracker, portrait: np.ndarray) -> None:
    notes: list[str] = []
    aligned = _aligned([_EMPTY] * 15 + [portrait] * 4 + [_EMPTY] * 14, 5, tracker, notes)
    assert [frame.face for frame in aligned] == [False] * 15 + [True] * 4 + [False] * 14
    assert notes == ['no face 0.0-3.0 s', 'face lost from 3.8 s to the end']


def test_without_any_face_there_is_one_line(tracker: FaceTracker) -> None:
    for count in (2, 14):
        with pytest.raises(VideoError, match=r'talk.mp4: no face found in any of the \d+ frames') as raised:
            _aligned([_EMPTY] * count, 5, tracker, name='talk.mp4')
        assert isinstance(raised.value, MESpotError)
        assert isinstance(raised.value, NoFaceError)


@pytest.fixture(scope='module')
def three(portrait: np.ndarray) -> np.ndarray:
    """The large face at the left, small ones in the middle and at the right."""
    small = cv2.resize(portrait, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
    image = np.full((300, 256 + 2 * small.shape[1], 3), 90, np.uint8)
    image[:, :256] = portrait
    image[: len(small), 256 : 256 + small.shape[1]] = small
    image[: len(small), 256 + small.shape[1] :] = small
    return image


def _middles(aligned: list[AlignedFrame]) -> np.ndarray:
    return np.array([(frame.box[0] + frame.box[2]) / 2 for frame in aligned])


@pytest.mark.parametrize(('face', 'low', 'high'), [('largest', 0, 256), ('center', 256, 435)])
def test_one_of_several_faces_is_chosen_and_kept(
    face: Any, low: float, high: float, tracker: FaceTracker, three: np.ndarray
) -> None:
    notes: list[str] = []
    aligned = _aligned([three] * 6, 10, tracker, notes, face=face)
    assert low < _middles(aligned).min() <= _middles(aligned).max() < high
    assert len(notes) == 1
    assert notes[0].startswith('several faces (first at 0.0 s); the')


def test_each_face_can_be_followed_by_itself(tracker: FaceTracker, three: np.ndarray) -> None:
    hidden = three.copy()
    hidden[:, :256] = 90
    images = [three] * 8 + [hidden] * 26
    boxes = find_faces(timed(images, 10), tracker, seconds=0.5)
    assert len(boxes) == 3
    for box in boxes:
        notes: list[str] = []
        aligned = _aligned(images, 10, tracker, notes, face=box)
        assert np.all(np.abs(_middles(aligned) - (box[0] + box[2]) / 2) < 40)
        # The face that goes is not replaced by another one.
        gone = box is boxes[0]
        assert [frame.face for frame in aligned[8:]] == [not gone] * 26
        assert notes == (['face lost from 0.8 s to the end'] if gone else [])


def test_another_face_that_takes_over_is_noted_and_aligned_by_itself(
    tracker: FaceTracker, three: np.ndarray
) -> None:
    hidden = three.copy()
    hidden[:, :256] = 90
    notes: list[str] = []
    aligned = _aligned([three] * 5 + [hidden] * 5, 10, tracker, notes)
    assert _middles(aligned)[:5].max() < 256 < _middles(aligned)[5:].min()
    assert any(note.startswith('another face may be followed from 0.5 s on') for note in notes)
    eyes = aligned[5].landmarks[[33, 133], :2].mean(axis=0)
    np.testing.assert_allclose(eyes / 64, [0.30, 0.38], atol=0.03)


def test_an_unknown_choice_is_refused(tracker: FaceTracker, portrait: np.ndarray) -> None:
    with pytest.raises(ValueError, match="face: found 'smallest', expected one of"):
        _aligned([portrait], 10, tracker, face='smallest')


class _StillFace(FaceTracker):
    """A tracker that always sees the same landmarks, but for times without a face."""

    def __init__(self, landmarks: np.ndarray, lost: range) -> None:
        self.every_s = 0.1
        self._seen = [None if i in lost else landmarks for i in range(10_000)]

    def follower(self, *args: Any, **options: Any) -> Any:
        from mmaction_mespot.preprocessing.faces import FollowedFace

        seen = iter(self._seen)

        class Follower:
            def step(self, image: np.ndarray) -> FollowedFace:
                return FollowedFace(next(seen), 1)

        return Follower()


class _Image(np.ndarray):
    alive = 0
    most = 0

    def __del__(self) -> None:
        _Image.alive -= 1


@pytest.mark.parametrize(
    ('lost', 'most'), [(range(0), 97), (range(200, 216), 97 + 60), (range(100, 300), 97 + 60)]
)
def test_memory_does_not_grow_with_the_video(
    lost: range, most: int, tracker: FaceTracker, portrait: np.ndarray
) -> None:
    """At 30 frames per second: 3 s look-ahead, 3 frames between measurements; 2 s more in a loss."""
    seen = tracker.follower(30).step(portrait).landmarks
    assert seen is not None
    landmarks = seen / 4
    small = cv2.resize(portrait, None, fx=0.25, fy=0.25)
    _Image.alive = _Image.most = 0

    def frames() -> Iterator[TimedFrame]:
        for index in range(900):
            image = small.copy().view(_Image)
            _Image.alive += 1
            _Image.most = max(_Image.most, _Image.alive)
            yield TimedFrame(index, index / 30, image)
            del image

    count = 0
    for frame in align_stream(frames(), 30, 32, _StillFace(landmarks, lost)):
        assert frame.position == count
        count += 1
    assert count == 900
    assert _Image.most <= most
