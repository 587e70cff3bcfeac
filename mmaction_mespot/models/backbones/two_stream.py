"""Appearance and motion, each through a backbone of the toolbox."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import torch
from mmaction.registry import MODELS
from mmengine.model import BaseModule, ModuleDict
from torch import Tensor, nn

from mmaction_mespot.errors import MESpotError

from .pretrained import load_pretrained_stream
from .stage_levels import StageLevels
from .streams import STREAM_CHANNELS, take_stream

PYRAMID_I3D: dict[str, Any] = dict(
    type='ResNet3d',
    depth=50,
    pretrained=None,
    pretrained2d=False,
    conv1_kernel=(5, 7, 7),
    # T/2, T/4, T/8 at the three upper stages; strides carry no weights, so the zoo's I3D-R50 fits
    conv1_stride_t=2,
    pool1_stride_t=1,
    with_pool2=False,
    temporal_strides=(1, 1, 2, 2),
    inflate=((1, 1, 1), (1, 0, 1, 0), (1, 0, 1, 0, 1, 0), (0, 1, 0)),
    zero_init_residual=False,
    out_indices=(1, 2, 3),
)
"""MMAction2's I3D-R50 with the strides of a temporal pyramid."""


@MODELS.register_module()
class TwoStreamBackbone(BaseModule):
    """Two-stream I3D: one backbone for RGB, one for optical flow, fused level by level (section III-A).

    Args:
        rgb: Config of the RGB stream's backbone, or None to leave the stream out. A config without ``type``
            changes :data:`PYRAMID_I3D`, so ``dict()`` is that network. It initialises itself as it does in
            MMAction2; ``pretrained`` and ``init_cfg`` in it load (a 2-D ResNet, inflated, for example).
            Defaults to None.
        flow: The same for the flow stream (2 input channels). Defaults to None.
        fusion: ``'concat'`` joins the channels of a level (the neck's 1x1x1 convolution reduces them),
            ``'sum'`` adds them. Defaults to ``'concat'``.
        init_cfg: ``dict(type='Pretrained', checkpoint=...)`` loads an RGB recogniser of MMAction2's zoo into
            every stream; ``checkpoint=dict(rgb=..., flow=...)`` loads a file of its own into each (a stream
            without a file keeps its first weights). Every key must match, unless ``allow_mismatch=True``
            stands beside it; see :func:`load_pretrained_stream`. Defaults to None.

    Raises:
        MESpotError: If both streams are left out, the fusion is unknown, or there is a checkpoint for a
            stream that is not there.
    """

    def __init__(
        self,
        rgb: dict | None = None,
        flow: dict | None = None,
        fusion: str = 'concat',
        init_cfg: dict | None = None,
    ) -> None:
        checkpoint, allow_mismatch = None, False
        if init_cfg is not None and init_cfg.get('type') == 'Pretrained':
            checkpoint, allow_mismatch = init_cfg['checkpoint'], init_cfg.get('allow_mismatch', False)
            init_cfg = None
        super().__init__(init_cfg)
        if fusion not in ('concat', 'sum'):
            raise MESpotError(f"TwoStreamBackbone: fusion must be 'concat' or 'sum', found {fusion!r}")
        configs = {name: cfg for name, cfg in dict(rgb=rgb, flow=flow).items() if cfg is not None}
        if not configs:
            raise MESpotError('TwoStreamBackbone needs a config for rgb, flow or both, found None for both')
        self.fusion = fusion
        self.checkpoints = _checkpoints(checkpoint, configs)
        self.allow_mismatch = allow_mismatch
        self.streams = ModuleDict({name: _build_stream(cfg, name) for name, cfg in configs.items()})

    def init_weights(self) -> None:
        """Let each stream initialise itself, then load the pretrained weights, if there are any."""
        first_time = not self.is_init
        super().init_weights()
        if first_time:
            for name, checkpoint in self.checkpoints.items():
                stream = self.streams[name]
                inner = stream.backbone if isinstance(stream, StageLevels) else stream
                load_pretrained_stream(inner, checkpoint, name, self.allow_mismatch)

    def forward(self, inputs: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
        """Compute the levels.

        Args:
            inputs: ``rgb`` (N, 3, T, H, W) and ``flow`` (N, 2, T, H, W), those of the streams in use.

        Returns:
            P3, P4, P5, each (N, C, T', H', W') with T' = T/2, T/4, T/8 rounded up.
        """
        streams = [
            stream(take_stream(inputs, name, STREAM_CHANNELS[name])) for name, stream in self.streams.items()
        ]
        if self.fusion == 'sum':
            return tuple(torch.stack(level).sum(dim=0) for level in zip(*streams, strict=True))
        return tuple(torch.cat(level, dim=1) for level in zip(*streams, strict=True))


def _build_stream(config: dict, name: str) -> nn.Module:
    """Build the backbone of one stream."""
    config = copy.deepcopy(dict(config))
    if 'type' not in config:
        config = {**PYRAMID_I3D, **config}
    config.setdefault('in_channels', STREAM_CHANNELS[name])
    return MODELS.build(config)


def _checkpoints(checkpoint: str | Mapping[str, str] | None, streams: Mapping[str, Any]) -> dict[str, str]:
    """The checkpoint of each stream that has one."""
    if checkpoint is None:
        return {}
    if not isinstance(checkpoint, Mapping):
        return dict.fromkeys(streams, checkpoint)
    unknown = sorted(set(checkpoint) - set(streams))
    if unknown:
        raise MESpotError(
            f'TwoStreamBackbone: checkpoints for {unknown}, but the streams in use are {sorted(streams)}'
        )
    return dict(checkpoint)
