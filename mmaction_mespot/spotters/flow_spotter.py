"""What all spotters without training share: a stream in, candidates out, in the manner of a network."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from mmengine.model import BaseModel
from mmengine.structures import InstanceData
from torch import Tensor

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES, Detections
from mmaction_mespot.intervals.length_classes import label_by_length
from mmaction_mespot.intervals.nms import hard_nms


class PreparedSpotter(BaseModel):
    """A spotter that needs no training, on the streams of a whole prepared video.

    As a model of MMEngine it runs under the tools and metrics of the networks. It has no weights. Its only
    state is the buffer ``score_thresholds``, as in :class:`MESpotter`: the score above which a candidate of
    each class counts as found, chosen on the validation people, NaN until then.

    Attributes:
        input_key: What the pipeline makes for it: ``'flow'``, or ``'histograms'`` of pictures.
    """

    input_key: ClassVar[str] = 'flow'
    score_thresholds: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer('score_thresholds', torch.full((len(CLASSES),), float('nan')))

    @abstractmethod
    def spot_inputs(self, inputs: Mapping[str, np.ndarray], meta: Mapping[str, Any]) -> Detections:
        """Find the candidates of one stretch, for all thresholds.

        Args:
            inputs: What the pipeline packed for it.
            meta: Its metainfo.

        Returns:
            Candidates in frames of the stretch, scores in [0, 1].
        """

    def forward(
        self, inputs: dict[str, Any], data_samples: Sequence[Any] | None = None, mode: str = 'tensor'
    ) -> list[Any]:
        """Spot the stretches of a batch.

        Args:
            inputs: ``flow``, for each stretch one tensor (n, ..., 2), or ``histograms`` (n, blocks, bins).
            data_samples: One data sample per stretch with the metainfo ``fps``, for flow ``flow_gap``, and
                ``window_start`` where it does not begin with the video.
            mode: ``'predict'``, the only one.

        Returns:
            The data samples, each with ``pred_instances`` (``segments`` in frames, ``scores``, ``labels``)
            and the metainfo ``score_thresholds`` (a list, or None while they are not chosen).

        Raises:
            MESpotError: If another mode is asked for, or data samples are missing.
        """
        if mode != 'predict' or data_samples is None:
            raise MESpotError(
                f'{type(self).__name__} has nothing to train and only predicts on data samples, '
                f'found mode {mode!r}' + (' without data samples' if data_samples is None else '')
            )
        unset = bool(self.score_thresholds.isnan().any())
        thresholds = None if unset else self.score_thresholds.tolist()
        for place, (_, sample) in enumerate(zip(inputs[self.input_key], data_samples, strict=True)):
            meta = sample.metainfo
            arrays = {key: values[place].cpu().numpy() for key, values in inputs.items()}
            found = self.spot_inputs(arrays, meta)
            sample.pred_instances = InstanceData(
                segments=torch.from_numpy(found.segments + meta.get('window_start', 0)),
                # As exact as the buffer of the thresholds, so that a score equal to one stays equal.
                scores=torch.from_numpy(found.scores.astype(np.float32)),
                labels=torch.from_numpy(found.labels),
            )
            sample.set_metainfo(dict(score_thresholds=thresholds))
        return list(data_samples)


class FlowSpotter(PreparedSpotter):
    """A spotter that needs no training: :meth:`spot` on one stream of a whole video.

    Attributes:
        stream: Stream of the prepared data that :meth:`spot` reads.
    """

    stream: ClassVar[str]

    @abstractmethod
    def spot(self, flow: np.ndarray, fps: float, gap: int) -> Detections:
        """Find the candidates of one video, for all thresholds.

        Args:
            flow: Flow with the head motion removed, px of the crop per `gap` frames, (n, ..., 2); NaN
                counts as still.
            fps: Frame rate.
            gap: Frames between the two pictures of a flow field.

        Returns:
            Candidates in frames of the video, scores in [0, 1].
        """

    def spot_inputs(self, inputs: Mapping[str, np.ndarray], meta: Mapping[str, Any]) -> Detections:
        """Find the candidates of one stretch, see :meth:`spot`."""
        gap = meta['flow_gap'] if self.input_key == 'flow' else 1
        return self.spot(inputs[self.input_key], meta['fps'], gap)


def best_bumps(bumps: np.ndarray, least: float, nms_iou: float, fps: float) -> Detections:
    """Candidates of movements: the higher one, the better; of those that overlap the best one stays.

    Args:
        bumps: First frame, end and height of each, (m, 3).
        least: Height at which the score ``1 - least / height`` is 0.
        nms_iou: Largest IoU of two kept candidates.
        fps: Frame rate, for the class by length.

    Returns:
        Candidates by falling score in [0, 1).
    """
    segments, scores = bumps[:, :2], 1 - least / np.maximum(bumps[:, 2], least)
    keep = hard_nms(segments, scores, np.zeros(len(scores), np.int64), nms_iou)
    return Detections(segments[keep], scores[keep], label_by_length(segments[keep], fps))
