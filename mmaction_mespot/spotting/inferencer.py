"""Spotting from Python, in the manner of MMAction2's inferencers."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np

from mmaction_mespot.apis.command_line import describe
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.faces import FaceTracker
from mmaction_mespot.preprocessing.faces.find_faces import find_faces
from mmaction_mespot.preprocessing.faces.follower import FaceChoice
from mmaction_mespot.preprocessing.video import NoFaceVideoError, VideoSource, open_video_source
from mmaction_mespot.spotting.crops import SpotCrops
from mmaction_mespot.spotting.loading import MOVEMENT, find_pretrained, load_spot_model
from mmaction_mespot.spotting.result import Spotting, join_faces
from mmaction_mespot.spotting.run import SpotRun

FACES = ('largest', 'all', 'center')

Video = str | Path | np.ndarray


class ProgressHook(Protocol):
    """Is told how far a spotter is."""

    def __call__(
        self,
        step: str,
        artifact: Any = None,
        /,
        *,
        total: int | None = None,
        completed: int | None = None,
    ) -> None:
        """Take a step.

        Args:
            step: ``'frames'`` (some more were read), ``'interval'`` (one is final), ``'done'`` (a video is).
            artifact: The :class:`Interval`, or the :class:`Spotting` of the video.
            total: Frames of the video, where they are known.
            completed: Frames that were read so far.
        """
        ...


class SpottingInferencer:
    """Spot macro- and micro-expressions in videos of any length.

    ::

        inferencer = SpottingInferencer()                       # no training needed
        inferencer('talk.mp4')['predictions'][0]['intervals']
        for interval in SpottingInferencer('lite').stream('talk.mp4'):
            print(interval['label'], interval['onset_s'], interval['offset_s'])

    Args:
        model: ``'movement'`` (candidate movements judged by a small scorer), ``'flow'`` (by optical flow,
            without training), ``'lite'`` (the network that ships
            with the package; it saw synthetic faces only), or a config file. Defaults to ``'movement'``.
        weights: Checkpoint of a config's network. Defaults to None.
        device: Such as ``'cpu'`` or ``'cuda'``. Defaults to None: a GPU where there is one.
        face: Which face of several: ``'largest'`` or ``'center'`` of the first frame with a face, or
            ``'all'``, one pass per face. Defaults to ``'largest'``.
        batch_size: Windows that a network takes at once. Defaults to 8.
        amp: Run a network in half precision. Defaults to False.
        thresholds: Smallest score by class name (``MaE``, ``ME``), over the model's own. Defaults to None.
        stride: Positions between the windows of a network. Defaults to None: the config's.
        false_per_minute: Thresholds that let through so many false detections per minute, as measured on
            people held out; of ``'movement'`` alone. Defaults to None.
        calibration: Thresholds and probabilities that ``tools/adapt.py`` fitted, a file. Defaults to None.

    Raises:
        MESpotError: If model, weights or an option cannot be used.
    """

    def __init__(
        self,
        model: str = MOVEMENT,
        weights: str | Path | None = None,
        device: str | None = None,
        face: str = 'largest',
        batch_size: int = 8,
        amp: bool = False,
        thresholds: Mapping[str, float] | None = None,
        stride: int | None = None,
        false_per_minute: float | None = None,
        calibration: str | Path | None = None,
    ) -> None:
        if face not in FACES:
            raise MESpotError(f'face: found {face!r}, expected one of {", ".join(FACES)}')
        self.model = load_spot_model(
            model, weights, device, batch_size, amp, thresholds, stride, false_per_minute, calibration
        )
        self.face = face
        self.tracker = FaceTracker()

    @classmethod
    def from_pretrained(cls, source: str | Path = MOVEMENT, **options: Any) -> SpottingInferencer:
        """Make a spotter from a name or a path alone.

        Args:
            source: ``'movement'``, ``'flow'`` or ``'lite'``; the work folder of a training; a checkpoint with
                its config beside it; or a config. Defaults to ``'movement'``.
            **options: Of the constructor, such as ``device`` and ``thresholds``.

        Raises:
            MESpotError: If there is no such thing, one part of it is missing, or an option cannot be used.
        """
        return cls(*find_pretrained(source), **options)

    def __call__(
        self, inputs: Video | Sequence[Video], fps: float | None = None, hook: ProgressHook | None = None
    ) -> dict[str, Any]:
        """Spot one video or several.

        Args:
            inputs: A video file, a folder of images, an array (T, H, W, 3) RGB uint8, or a list of them.
            fps: Frames per second of folders and arrays. Defaults to None.
            hook: Is told how far it is. Defaults to None.

        Returns:
            ``predictions``: of each video what ``intervals.json`` holds (see docs/own_video.md). In a list, a
            video that cannot be used does not cost the others their results: its entry holds ``video.path``
            and ``error`` (why, one line) and no ``intervals``, and a warning says how many there are.

        Raises:
            VideoError: If the one video cannot be used.
        """
        if not isinstance(inputs, list | tuple):
            return {'predictions': [self.spot(cast(Video, inputs), fps, hook).to_dict()]}
        predictions, errors = [], []
        for video in inputs:
            try:
                predictions.append(self.spot(video, fps, hook).to_dict())
            except Exception as error:  # whatever a broken file sets off, the others go on
                errors.append(describe(error))
                path = 'array' if isinstance(video, np.ndarray) else str(video)
                predictions.append({'video': {'path': path}, 'error': errors[-1]})
        if errors:
            count = f'{len(errors)} of {len(predictions)} videos could not be used'
            warnings.warn(f'{count}, see `error` in their predictions; the first: {errors[0]}', stacklevel=2)
        return {'predictions': predictions}

    def stream(self, source: Video | VideoSource, fps: float | None = None) -> Iterator[dict[str, Any]]:
        """Spot one video while it is read.

        Args:
            source: As of :meth:`__call__`, or an opened source.
            fps: As of :meth:`__call__`.

        Yields:
            Each interval as soon as nothing that follows can change it: the ``intervals`` of
            ``intervals.json``, by time for each face.

        Raises:
            VideoError: If the video cannot be used.
        """
        for run in self.runs(source, fps):
            for interval in run:
                yield interval.to_dict()

    def spot(
        self, source: Video | VideoSource, fps: float | None = None, hook: ProgressHook | None = None
    ) -> Spotting:
        """Spot one video; arguments and errors as of :meth:`stream`.

        Args:
            source: As of :meth:`stream`.
            fps: As of :meth:`__call__`.
            hook: As of :meth:`__call__`.
        """
        opened = source if isinstance(source, VideoSource) else open_video_source(source, fps)

        def tell(step: str, artifact: Any = None, completed: int | None = None) -> None:
            if hook is not None:
                hook(step, artifact, total=opened.total_frames, completed=completed)

        results = []
        for run in self.runs(opened, on_frame=lambda done: tell('frames', completed=done)):
            for interval in run:
                tell('interval', interval)
            results.append(run.result)
        found = join_faces(results, self.face)
        tell('done', found, found.total_frames)
        return found

    def runs(
        self,
        source: Video | VideoSource,
        fps: float | None = None,
        crops: Callable[[], SpotCrops | None] = lambda: None,
        on_frame: Callable[[int], None] = lambda done: None,
    ) -> Iterator[SpotRun]:
        """One run for each face of a video; each has to be gone through before the next is taken.

        Args:
            source: As of :meth:`stream`.
            fps: As of :meth:`__call__`.
            crops: Gives each run what takes its aligned crops. Defaults to none.
            on_frame: Called with the number of frames that a run has read.

        Yields:
            The runs.

        Raises:
            VideoError: If the video cannot be used.
        """
        opened = source if isinstance(source, VideoSource) else open_video_source(source, fps)
        faces: list[FaceChoice] = [self.face]
        if self.face == 'all':
            faces = list(find_faces(opened, self.tracker))
        if not faces:
            raise NoFaceVideoError(f'{opened.name}: no face that stays in the first seconds')
        for number, face in enumerate(faces):
            yield SpotRun(opened, self.model, self.tracker, face, number, crops(), on_frame)
