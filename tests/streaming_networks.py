"""Tiny backbones for the tests of streaming: config and channels of the levels."""

from __future__ import annotations

SLIM_I3D = dict(
    type='ResNet3d',
    depth=18,
    stage_blocks=(1, 1, 1, 1),
    pretrained=None,
    pretrained2d=False,
    base_channels=4,
    conv1_kernel=(3, 5, 5),
    conv1_stride_t=2,
    pool1_stride_t=1,
    with_pool2=False,
    temporal_strides=(1, 1, 2, 2),
    out_indices=(1, 2, 3),
    zero_init_residual=False,
)
BACKBONES: dict[str, tuple[dict, tuple[int, ...]]] = dict(
    lite=(dict(type='FlowGridBackbone', channels=(4, 8, 8, 8)), (8, 8, 8)),
    slim=(dict(type='TwoStreamBackbone', rgb=SLIM_I3D, flow=SLIM_I3D), (16, 32, 64)),
)
