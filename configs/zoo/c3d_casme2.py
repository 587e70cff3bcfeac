# C3D (Ji et al. 2013, the paper's [15], in MMAction2's form) as the backbone, on the pictures,
# on CAS(ME)^2, one subject left out.
#   MESPOT_FOLD=s15 python tools/train.py configs/zoo/c3d_casme2.py
_base_ = '../mespot_casme2.py'

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
work_dir = './work_dirs/c3d_casme2/{{$MESPOT_FOLD:s15}}'
