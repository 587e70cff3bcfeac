"""A 2-D network on every frame, and what may follow it along time."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch.nn.functional as F
from mmaction.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor, nn


@MODELS.register_module()
class FrameLevels(BaseModule):
    """Run a 2-D backbone of MMAction2 on each frame, and average over neighbouring positions for the levels.

    The two kinds of networks of the paper's section II that see one frame at a time: the two-stream 2-D CNN
    (Simonyan and Zisserman 2014, its reference [16]) and, with an LSTM over the features of the frames, the
    long-term recurrent network (Donahue et al. 2015, its reference [14]). Ours: the pyramid over time, and
    that flow enters as one field per frame instead of a stack of ten.

    Args:
        backbone: Config of the 2-D backbone, such as ``dict(type='ResNet', depth=18)``.
        lstm: Options of :class:`torch.nn.LSTM` over the frames' features, averaged over space:
            ``input_size`` (the backbone's channels), ``hidden_size``. Defaults to None, none.
        pool_time: Positions that are averaged to one, for each level. Defaults to (2, 4, 8).
        in_channels: Channels of the stream. Defaults to 3.
        init_cfg: Initialisation of MMEngine. Defaults to None.
    """

    def __init__(
        self,
        backbone: dict,
        lstm: dict | None = None,
        pool_time: Sequence[int] = (2, 4, 8),
        in_channels: int = 3,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        self.backbone = MODELS.build({**copy.deepcopy(dict(backbone)), 'in_channels': in_channels})
        self.lstm = None if lstm is None else nn.LSTM(**lstm, batch_first=True)
        self.pool_time = tuple(pool_time)

    def forward(self, stream: Tensor) -> tuple[Tensor, ...]:
        """Run the network.

        Args:
            stream: Shape (N, C, T, H, W).

        Returns:
            One level (N, C', T / p, H', W') for each p of ``pool_time``, rounded up; with an LSTM H' and W'
            are 1.
        """
        batch, _, length = stream.shape[:3]
        frames = self.backbone(stream.transpose(1, 2).flatten(0, 1))
        frames = frames[-1] if isinstance(frames, tuple) else frames
        if self.lstm is not None:
            sequence = self.lstm(frames.mean(dim=(2, 3)).unflatten(0, (batch, length)))[0]
            volume = sequence.transpose(1, 2)[..., None, None]
        else:
            volume = frames.unflatten(0, (batch, length)).transpose(1, 2)
        return tuple(F.avg_pool3d(volume, (p, 1, 1), ceil_mode=True) for p in self.pool_time)
