# MMAction2's X3D-M in both streams. It gives one feature, and keeps every position of time: the levels are
# taken after its stages and averaged over 2, 4 and 8 positions.
_base_ = './mespot_i3d_r50.py'

x3d = dict(
    type='StageLevels',
    backbone=dict(type='X3D', gamma_w=1, gamma_b=2.25, gamma_d=2.2),
    stages=('layer2', 'layer3', 'conv5'),
    pool_time=(2, 4, 8),
)
model = dict(
    backbone=dict(_delete_=True, type='TwoStreamBackbone', rgb=x3d, flow=x3d, fusion='concat'),
    neck=dict(in_channels=(2 * 48, 2 * 96, 2 * 432)),
)
