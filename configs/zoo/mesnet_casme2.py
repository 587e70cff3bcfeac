# MESNet (Wang et al. 2021, the paper's [24]): (2+1)-D convolutions, clip proposals, their judgement,
# on CAS(ME)^2, one subject left out.
#   MESPOT_FOLD=s15 python tools/train.py configs/zoo/mesnet_casme2.py
_base_ = '../mespot_casme2.py'

r2plus1d = dict(
    type='StageLevels',
    backbone=dict(
        type='ResNet2Plus1d',
        depth=34,
        pretrained=None,
        pretrained2d=False,
        norm_eval=False,
        conv_cfg=dict(type='Conv2plus1d'),
        norm_cfg=dict(type='BN3d'),
        conv1_kernel=(3, 7, 7),
        conv1_stride_t=2,
        pool1_stride_t=1,
        with_pool2=False,
        temporal_strides=(1, 1, 1, 1),
        inflate=(1, 1, 1, 1),
    ),
    stages=('layer3',),
)
model = dict(
    backbone=dict(_delete_=True, type='TwoStreamBackbone', rgb=r2plus1d),
    neck=None,
    head=dict(_delete_=True, type='ClipProposalHead', in_channels=256),
)
work_dir = './work_dirs/mesnet_casme2/{{$MESPOT_FOLD:s15}}'
