"""Levels out of a backbone that gives a single feature, or no temporal pyramid."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Sequence
from typing import Any

import torch.nn.functional as F
from mmaction.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor, nn

from mmaction_mespot.errors import MESpotError

from .streams import STREAM_CHANNELS


@MODELS.register_module()
class StageLevels(BaseModule):
    """Take the levels of a pyramid from inside any backbone of MMAction2.

    Some backbones (X3D) give their last feature only; many (X3D, SlowOnly with its own strides, Swin) keep
    one temporal length at all stages. This wrapper takes the outputs of named stages, and averages each
    over neighbouring positions, which keeps the time grid.

    Args:
        backbone: Config of the backbone, of one stream.
        stages: Names of the submodules whose outputs are the levels, fine to coarse; None takes what the
            backbone gives out. Defaults to None.
        pool_time: Positions that are averaged to one, for each level; None leaves the levels as they are.
            Defaults to None.
        in_channels: Channels of the stream, for the backbone; None leaves its config as it is. Defaults to
            None.
        without: Names of submodules of the backbone that are taken out: layers after the stages (C3D's
            last pooling and fully connected ones), which bind it to one size of the input. Defaults to
            none.
        init_cfg: Initialisation of MMEngine. Defaults to None.

    Raises:
        MESpotError: If the backbone has no such stage or submodule, takes pictures only and the stream is
            another one, or ``stages`` and ``pool_time`` differ in length.
    """

    def __init__(
        self,
        backbone: dict,
        stages: Sequence[str] | None = None,
        pool_time: Sequence[int] | None = None,
        in_channels: int | None = None,
        without: Sequence[str] = (),
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        config = copy.deepcopy(dict(backbone))
        if in_channels is not None and _takes_channels(config['type']):
            config['in_channels'] = in_channels
        elif in_channels not in (None, STREAM_CHANNELS['rgb']):
            raise MESpotError(
                f'StageLevels: {config["type"]} takes pictures of {STREAM_CHANNELS["rgb"]} channels alone, '
                f'found a stream of {in_channels}'
            )
        if stages is not None and pool_time is not None and len(stages) != len(pool_time):
            raise MESpotError(
                f'StageLevels: one pool_time for each stage expected, found stages={tuple(stages)}, '
                f'pool_time={tuple(pool_time)}'
            )
        self.backbone = MODELS.build(config)
        self.stages = None if stages is None else tuple(stages)
        self.pool_time = None if pool_time is None else tuple(pool_time)
        known = {name for name, _ in self.backbone.named_modules()}
        missing = [name for name in (*(self.stages or ()), *without) if name not in known]
        if missing:
            expected = ', '.join(name for name, _ in self.backbone.named_children())
            raise MESpotError(
                f'StageLevels: {type(self.backbone).__name__} has no {missing}, it has {expected}'
            )

        for name in without:
            self.backbone.set_submodule(name, nn.Identity())

    def forward(self, stream: Tensor) -> tuple[Tensor, ...]:
        """Run the backbone.

        Args:
            stream: Shape (N, C, T, H, W).

        Returns:
            The levels, each (N, C_l, T_l, H_l, W_l), their lengths divided by ``pool_time`` and rounded up.

        Raises:
            MESpotError: If the backbone gives another number of levels than ``pool_time`` has.
        """
        levels = self._levels(stream)
        if self.pool_time is None:
            return levels
        if len(levels) != len(self.pool_time):
            raise MESpotError(
                f'StageLevels: {type(self.backbone).__name__} gives {len(levels)} levels, '
                f'pool_time={self.pool_time}'
            )
        return tuple(
            F.avg_pool3d(level, (positions, 1, 1), ceil_mode=True)
            for level, positions in zip(levels, self.pool_time, strict=True)
        )

    def _levels(self, stream: Tensor) -> tuple[Tensor, ...]:
        """What the backbone gives out, or the outputs of its stages."""
        if self.stages is None:
            out = self.backbone(stream)
            return (out,) if isinstance(out, Tensor) else tuple(out)
        caught: dict[str, Tensor] = {}

        def catcher(name: str) -> Any:
            def catch(module: nn.Module, inputs: tuple, output: Tensor) -> None:
                caught[name] = output

            return catch

        hooks = [
            self.backbone.get_submodule(name).register_forward_hook(catcher(name)) for name in self.stages
        ]
        try:
            self.backbone(stream)
        finally:
            for hook in hooks:
                hook.remove()
        return tuple(caught[name] for name in self.stages)


def _takes_channels(backbone: str | type) -> bool:
    """Whether a backbone can be told the channels of its input."""
    found = MODELS.get(backbone) if isinstance(backbone, str) else backbone
    if found is None:
        return True  # the registry says what is wrong when it builds it
    parameters = inspect.signature(found).parameters
    return 'in_channels' in parameters or any(
        parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()
    )
