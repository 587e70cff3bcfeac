"""Neck, head and thresholds: what all spotting networks of the project share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import torch
from mmaction.registry import MODELS
from mmengine.model import BaseModel
from torch import Tensor

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES


class LevelSpotter(BaseModel):
    """Spot expressions on the levels of a pyramid; subclasses say where the levels come from.

    The buffer ``score_thresholds`` holds the score above which a candidate of each class counts as found. It
    is chosen on the validation part, travels with the weights, and is NaN until then.

    Args:
        data_preprocessor: Config of the data preprocessor.
        init_cfg: Initialisation of MMEngine. Defaults to None.
    """

    neck: Any
    head: Any
    score_thresholds: Tensor

    def __init__(self, data_preprocessor: dict, init_cfg: dict | None = None) -> None:
        super().__init__(MODELS.build(data_preprocessor), init_cfg)

    def build_neck_and_head(self, neck: dict | None, head: dict) -> None:
        """Build neck (None hands the levels to the head) and head, after whatever comes before them."""
        self.neck = None if neck is None else MODELS.build(neck)
        self.head = MODELS.build(head)
        self.register_buffer('score_thresholds', torch.full((len(CLASSES),), float('nan')))

    def set_score_thresholds(self, thresholds: Sequence[float]) -> None:
        """Store the chosen thresholds.

        Args:
            thresholds: One score per class, MaE first.

        Raises:
            MESpotError: If there is not one finite number for each class.
        """
        values = torch.as_tensor(thresholds, dtype=torch.float32)
        if values.shape != self.score_thresholds.shape or not values.isfinite().all():
            raise MESpotError(
                f'score thresholds must be one finite number for each of {CLASSES}, found {thresholds}'
            )
        self.score_thresholds.copy_(values)

    @abstractmethod
    def extract_levels(
        self, inputs: dict[str, Tensor], data_samples: Sequence[Any] | None
    ) -> Sequence[Tensor]:
        """Give the levels, fine to coarse, each (N, C, T_l, H_l, W_l), that the neck takes."""

    def predict_levels(self, features: Sequence[Tensor], data_samples: Sequence[Any]) -> list[Any]:
        """Run neck and head; fills the data samples as the mode ``'predict'`` of :meth:`forward` does."""
        return self._fill(self._through_neck(features), data_samples)

    def forward(
        self, inputs: dict[str, Tensor], data_samples: Sequence[Any] | None = None, mode: str = 'tensor'
    ) -> Any:
        """Run the network.

        Args:
            inputs: A batch of windows; what it holds is said by the class.
            data_samples: One :class:`ActionDataSample` a window; not needed for ``'tensor'``. Defaults to
                None.
            mode: ``'tensor'``, ``'loss'`` or ``'predict'``. Defaults to ``'tensor'``.

        Returns:
            ``'tensor'``: the head's logits and offsets of each level. ``'loss'``: the dict of losses.
            ``'predict'``: the data samples, each with ``pred_instances`` (``segments`` in the video's frames,
            ``scores``, ``labels``) on the CPU and the metainfo ``score_thresholds`` (a list, or None while
            they are not chosen).

        Raises:
            MESpotError: If the mode is unknown, or data samples are missing.
        """
        name = type(self).__name__
        if mode not in ('tensor', 'loss', 'predict'):
            raise MESpotError(f"{name}: mode must be 'tensor', 'loss' or 'predict', found {mode!r}")
        features = self._through_neck(self.extract_levels(inputs, data_samples))
        if mode == 'tensor':
            return self.head(features)
        if data_samples is None:
            raise MESpotError(f'{name}: mode {mode!r} needs data_samples, found None')
        if mode == 'loss':
            return self.head.loss(features, data_samples)
        return self._fill(features, data_samples)

    def _through_neck(self, features: Sequence[Tensor]) -> Sequence[Tensor]:
        return features if self.neck is None else self.neck(features)

    def _fill(self, features: Sequence[Tensor], data_samples: Sequence[Any]) -> list[Any]:
        """Put the head's candidates and the thresholds into the data samples."""
        unset = bool(self.score_thresholds.isnan().any())
        thresholds = None if unset else self.score_thresholds.tolist()
        for sample, candidates in zip(data_samples, self.head.predict(features, data_samples), strict=True):
            sample.pred_instances = candidates.cpu()
            sample.set_metainfo(dict(score_thresholds=thresholds))
        return list(data_samples)
