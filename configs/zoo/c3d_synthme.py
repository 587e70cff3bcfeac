# C3D (Ji et al. 2013, the paper's [15], in MMAction2's form) as the backbone, on the pictures,
# on the synthetic benchmark.
#   python tools/train.py configs/zoo/c3d_synthme.py
_base_ = './_base_/slim_small_synthme.py'

stream = dict(
    type='StageLevels',
    backbone=dict(type='C3D', norm_cfg=dict(type='BN3d')),
    stages=('conv3b', 'conv4b', 'conv5b'),
    without=('pool5', 'fc6', 'fc7'),
)
model = dict(
    backbone=dict(_delete_=True, type='TwoStreamBackbone', rgb=stream),
    neck=dict(in_channels=(256, 512, 512)),
)
