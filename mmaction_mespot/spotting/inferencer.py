"""Spotting from Python, in the manner of MMAction2's inferencers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from mmaction.registry import INFERENCERS

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.faces import FaceTracker
from mmaction_mespot.preprocessing.faces.find_faces import find_faces
from mmaction_mespot.preprocessing.faces.follower import FaceChoice
from mmaction_mespot.preprocessing.video import NoFaceVideoError, VideoSource, open_video_source
from mmaction_mespot.spotting.crops import SpotCrops
from mmaction_mespot.spotting.loading import MOVEMENT, load_spot_model
from mmaction_mespot.spotting.result import SpotResult, join_faces
from mmaction_mespot.spotting.run import SpotRun

FACES = ('largest', 'all', 'center')

Video = str | Path | np.ndarray


@INFERENCERS.register_module(name='micro-expression-spotting')
@INFERENCERS.register_module()
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
            ``'all'``, one pass a face. Defaults to ``'largest'``.
        batch_size: Windows that a network takes at once. Defaults to 8.
        amp: Run a network in half precision. Defaults to False.
        thresholds: Smallest score by class name (``MaE``, ``ME``), over the model's own. Defaults to None.
        stride: Positions between the windows of a network. Defaults to None: the config's.

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
    ) -> None:
        if face not in FACES:
            raise MESpotError(f'face: found {face!r}, expected one of {", ".join(FACES)}')
        self.model = load_spot_model(model, weights, device, batch_size, amp, thresholds, stride)
        self.face = face
        try:
            self.tracker = FaceTracker()
        except RuntimeError as error:  # the face networks cannot be fetched
            raise MESpotError(str(error)) from error

    def __call__(self, inputs: Video | Sequence[Video], fps: float | None = None) -> dict[str, Any]:
        """Spot one video or several.

        Args:
            inputs: A video file, a folder of images, an array (T, H, W, 3) RGB uint8, or a list of them.
            fps: Frames a second of folders and arrays. Defaults to None.

        Returns:
            ``predictions``: of each video what ``intervals.json`` holds (see docs/own_video.md).

        Raises:
            VideoError: If a video cannot be used.
        """
        videos = list(inputs) if isinstance(inputs, list | tuple) else [inputs]
        return {'predictions': [self.spot(video, fps).to_dict() for video in videos]}

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

    def spot(self, source: Video | VideoSource, fps: float | None = None) -> SpotResult:
        """Spot one video; arguments and errors as of :meth:`stream`."""
        results = []
        for run in self.runs(source, fps):
            for _ in run:
                pass
            results.append(run.result)
        return join_faces(results, self.face)

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
