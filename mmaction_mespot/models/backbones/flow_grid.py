"""The lite backbone: a small 3-D stem on a grid of optical flow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch.nn.functional as F
from mmaction.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor, nn

from mmaction_mespot.errors import MESpotError

from .streams import take_stream


class _GridConv(nn.Module):
    """Convolution, batch normalisation, ReLU; a stride of 2 keeps the time grid.

    With a stride, the kernel is even along time (4, padded by 1): output ``i`` is centred between inputs
    ``2i`` and ``2i + 1``, the instant ``(i + 0.5) * 2``. An odd number of frames is padded by one.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int, spatial_stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.conv = nn.Conv3d(
            in_channels,
            out_channels,
            (4 if stride == 2 else 3, 3, 3),
            (stride, spatial_stride, spatial_stride),
            padding=1,
            bias=False,
        )
        self.norm = nn.BatchNorm3d(out_channels)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, feature: Tensor) -> Tensor:
        if self.stride == 2 and feature.shape[2] % 2:
            feature = F.pad(feature, (0, 0, 0, 0, 0, 1))
        return self.relu(self.norm(self.conv(feature)))


@MODELS.register_module()
class FlowGridBackbone(BaseModule):
    """Pyramid P3 (T/2), P4 (T/4), P5 (T/8) from optical flow pooled to a coarse grid.

    It costs a hundredth of an I3D and is the default where there is no GPU. Flow of any size is averaged over
    the cells of the grid; flow that has the grid's size already, the store's ``flow_grid``, passes as it is.
    On a 12 x 12 grid the levels have 6 x 6, 3 x 3 and 3 x 3 cells.

    Args:
        channels: Width of the stem, P3, P4 and P5. Defaults to ``(16, 32, 48, 48)``.
        grid_size: Cells along each side. Defaults to 12.
        init_cfg: Initialisation of MMEngine. Defaults to None.

    Raises:
        MESpotError: If ``channels`` has not four entries.
    """

    def __init__(
        self, channels: Sequence[int] = (16, 32, 48, 48), grid_size: int = 12, init_cfg: dict | None = None
    ) -> None:
        super().__init__(init_cfg)
        if len(channels) != 4:
            raise MESpotError(
                f'FlowGridBackbone: channels need 4 entries (stem, P3, P4, P5), found {tuple(channels)}'
            )
        stem, p3, p4, p5 = channels
        self.grid_size = grid_size
        self.stem = _GridConv(2, stem, stride=1, spatial_stride=2)
        self.stages = nn.ModuleList(
            [
                _GridConv(stem, p3, stride=2, spatial_stride=2),
                _GridConv(p3, p4, stride=2, spatial_stride=1),
                _GridConv(p4, p5, stride=2, spatial_stride=1),
            ]
        )

    def forward(self, inputs: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
        """Compute the levels.

        Args:
            inputs: ``flow`` of shape (N, 2, T, H, W); other streams are left alone.

        Returns:
            P3, P4, P5, each (N, C, T', H', W') with T' = T/2, T/4, T/8 rounded up.
        """
        feature = take_stream(inputs, 'flow', 2)
        if feature.shape[3:] != (self.grid_size, self.grid_size):
            feature = F.adaptive_avg_pool3d(feature, (feature.shape[2], self.grid_size, self.grid_size))
        feature = self.stem(feature)
        levels = []
        for stage in self.stages:
            feature = stage(feature)
            levels.append(feature)
        return tuple(levels)
