"""The network as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from mmaction.registry import MODELS
from mmengine.model import BaseModel
from torch import Tensor

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES


@MODELS.register_module()
class MESpotter(BaseModel):
    """Spot macro- and micro-expressions in a window of a long video: backbone, neck, head.

    The buffer ``score_thresholds`` holds the score above which a candidate of each class counts as found. It
    is chosen on the validation part, travels with the weights, and is NaN until then.

    Args:
        backbone: Config of the backbone; takes the dict of streams, gives a tuple of levels, fine to coarse.
        head: Config of the head.
        neck: Config of the neck; None hands the backbone's levels to the head. Defaults to None.
        data_preprocessor: Config of the data preprocessor. Defaults to None, ``SpottingDataPreprocessor`` as
            it is.
        init_cfg: Initialisation of MMEngine. Defaults to None.
    """

    score_thresholds: Tensor

    def __init__(
        self,
        backbone: dict,
        head: dict,
        neck: dict | None = None,
        data_preprocessor: dict | None = None,
        init_cfg: dict | None = None,
    ) -> None:
        preprocessor = data_preprocessor or dict(type='SpottingDataPreprocessor')
        super().__init__(MODELS.build(preprocessor), init_cfg)
        self.backbone = MODELS.build(backbone)
        self.neck = None if neck is None else MODELS.build(neck)
        self.head = MODELS.build(head)
        self.register_buffer('score_thresholds', torch.full((len(CLASSES),), float('nan')))

    def set_score_thresholds(self, thresholds: Sequence[float]) -> None:
        """Store the chosen thresholds.

        Args:
            thresholds: One score a class, MaE first.

        Raises:
            MESpotError: If there is not one finite number for each class.
        """
        values = torch.as_tensor(thresholds, dtype=torch.float32)
        if values.shape != self.score_thresholds.shape or not values.isfinite().all():
            raise MESpotError(
                f'score thresholds must be one finite number for each of {CLASSES}, found {thresholds}'
            )
        self.score_thresholds.copy_(values)

    def forward(
        self, inputs: dict[str, Tensor], data_samples: Sequence[Any] | None = None, mode: str = 'tensor'
    ) -> Any:
        """Run the network.

        Args:
            inputs: Streams of a batch: ``rgb`` (N, 3, T, H, W), ``flow`` (N, 2, T, H, W), or one of them.
            data_samples: One :class:`ActionDataSample` a window; not needed for ``'tensor'``. Defaults to
                None.
            mode: ``'tensor'``, ``'loss'`` or ``'predict'``. Defaults to ``'tensor'``.

        Returns:
            ``'tensor'``: the head's logits and offsets of each level. ``'loss'``: the dict of losses.
                ``'predict'``: the data
            samples, each with ``pred_instances`` (``segments`` in the video's frames, ``scores``, ``labels``)
            on the CPU and the metainfo ``score_thresholds`` (a list, or None while they are not chosen).

        Raises:
            MESpotError: If the mode is unknown, or data samples are missing.
        """
        if mode not in ('tensor', 'loss', 'predict'):
            raise MESpotError(f"MESpotter: mode must be 'tensor', 'loss' or 'predict', found {mode!r}")
        features = self.backbone(inputs)
        if self.neck is not None:
            features = self.neck(features)
        if mode == 'tensor':
            return self.head(features)
        if data_samples is None:
            raise MESpotError(f'MESpotter: mode {mode!r} needs data_samples, found None')
        if mode == 'loss':
            return self.head.loss(features, data_samples)
        unset = bool(self.score_thresholds.isnan().any())
        thresholds = None if unset else self.score_thresholds.tolist()
        for sample, candidates in zip(data_samples, self.head.predict(features, data_samples), strict=True):
            sample.pred_instances = candidates.cpu()
            sample.set_metainfo(dict(score_thresholds=thresholds))
        return list(data_samples)
