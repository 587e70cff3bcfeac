# MMAction2's SlowOnly-R50 in both streams: 2-D convolutions below, 3-D ones in its two upper stages.
# The zoo's RGB weights: model.backbone.init_cfg as in mespot_i3d_r50.py.
_base_ = './mespot_i3d_r50.py'

slowonly = dict(
    type='ResNet3dSlowOnly',
    depth=50,
    pretrained=None,
    pretrained2d=False,
    conv1_stride_t=2,  # P3, P4, P5 at T/2, T/4, T/8; strides carry no weights
    temporal_strides=(1, 1, 2, 2),
    out_indices=(1, 2, 3),
)
model = dict(
    backbone=dict(_delete_=True, type='TwoStreamBackbone', rgb=slowonly, flow=slowonly, fusion='concat')
)
