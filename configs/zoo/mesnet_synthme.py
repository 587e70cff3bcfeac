# MESNet (Wang et al. 2021, the paper's [24]): (2+1)-D convolutions, clip proposals, their judgement,
# on the synthetic benchmark.
#   python tools/train.py configs/zoo/mesnet_synthme.py
_base_ = '../mespot_synthetic.py'

r2plus1d = dict(
    type='StageLevels',
    backbone=dict(
        type='ResNet2Plus1d',
        depth=18,
        stage_blocks=(1, 1, 1, 1),
        pretrained=None,
        pretrained2d=False,
        norm_eval=False,
        base_channels=16,
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
    head=dict(_delete_=True, type='ClipProposalHead', in_channels=64, lengths=(3, 6, 12, 24, 48)),
)
