"""The network as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mmaction.registry import MODELS
from torch import Tensor

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.backbones.temporal_context import crop_context

from .level_spotter import LevelSpotter


@MODELS.register_module()
class MESpotter(LevelSpotter):
    """Spot macro- and micro-expressions in a window of a long video: backbone, neck, head.

    The buffer ``score_thresholds`` holds the score above which a candidate of each class counts as found. It
    is chosen on the validation part, travels with the weights, and is NaN until then.

    ``inputs`` of :meth:`forward` are the streams of a batch: ``rgb`` (N, 3, T, H, W), ``flow`` (N, 2, T, H,
    W), or one of them, with T = ``clip_len + 2 * context``.

    Args:
        backbone: Config of the backbone; takes the dict of streams, gives a tuple of levels, fine to coarse.
        head: Config of the head.
        neck: Config of the neck; None hands the backbone's levels to the head. Defaults to None.
        data_preprocessor: Config of the data preprocessor. Defaults to None, ``SpottingDataPreprocessor`` as
            it is.
        context: Positions on each side of a window that only the backbone sees; its levels are cropped to
            the window before the neck. The same number as ``LongVideoDataset``'s, a multiple of the coarsest
            stride. Defaults to 0, as many as the data set gives.
        init_cfg: Initialisation of MMEngine. Defaults to None.

    Raises:
        MESpotError: If the context is negative.
    """

    def __init__(
        self,
        backbone: dict,
        head: dict,
        neck: dict | None = None,
        data_preprocessor: dict | None = None,
        context: int = 0,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(data_preprocessor or dict(type='SpottingDataPreprocessor'), init_cfg)
        if context < 0:
            raise MESpotError(f'MESpotter: context must be at least 0, found {context}')
        self.context = context
        self.backbone = MODELS.build(backbone)
        self.build_neck_and_head(neck, head)

    def extract_levels(
        self, inputs: dict[str, Tensor], data_samples: Sequence[Any] | None
    ) -> Sequence[Tensor]:
        """Run the backbone and crop the context.

        Raises:
            MESpotError: If the windows have another context than the model, or not as much on both sides.
        """
        length = next(iter(inputs.values())).shape[2]
        clip_len = data_samples[0].metainfo.get('clip_len') if data_samples else None
        context = self.context
        if clip_len is not None and not context:
            context = max(length - clip_len, 0) // 2
        if clip_len is not None and length != clip_len + 2 * context:
            raise MESpotError(
                f'MESpotter with context={self.context} expects {clip_len} + 2 * {context} positions, '
                f'found {length}: give the data set (LongVideoDataset) the same context'
            )
        return crop_context(self.backbone(inputs), length, context)
