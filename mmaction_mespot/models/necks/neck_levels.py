"""A neck of MMAction2 in front of a head that wants a pyramid."""

from __future__ import annotations

from collections.abc import Sequence

from mmaction.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor

from mmaction_mespot.errors import MESpotError

from .pyramid_levels import extend_levels


@MODELS.register_module()
class NeckLevels(BaseModule):
    """Take the levels of a pyramid from any neck.

    A neck of the toolbox (``TPN``) gives one feature and a dict of auxiliary losses, which belong to the
    labels of its recogniser and are left out here. The levels above come from max-pooling the last feature by
    2 in time and space, again and again.

    Args:
        neck: Config of the neck.
        num_levels: Levels of the pyramid. Defaults to 5.
        init_cfg: Initialisation of MMEngine. Defaults to None.
    """

    def __init__(self, neck: dict, num_levels: int = 5, init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg)
        self.neck = MODELS.build(neck)
        self.num_levels = num_levels

    def forward(self, features: Sequence[Tensor]) -> tuple[Tensor, ...]:
        """Run the neck.

        Args:
            features: The backbone's levels, fine to coarse.

        Returns:
            ``num_levels`` features (N, C, T_l, H_l, W_l).

        Raises:
            MESpotError: If the neck gives more levels than ``num_levels``.
        """
        out = self.neck(features)
        if isinstance(out, tuple) and len(out) == 2 and isinstance(out[1], dict):
            out = out[0]
        levels = [out] if isinstance(out, Tensor) else list(out)
        if len(levels) > self.num_levels:
            raise MESpotError(
                f'NeckLevels: {type(self.neck).__name__} gives {len(levels)} levels, '
                f'expected at most num_levels={self.num_levels}'
            )
        return tuple(extend_levels(levels, self.num_levels))
