# Video Swin transformers (Liu et al. 2022, the paper's [20]) as the backbone,
# on the synthetic benchmark.
#   python tools/train.py configs/zoo/video_swin_synthme.py
_base_ = '../mespot_synthetic.py'

stream = dict(
    type='StageLevels',
    backbone=dict(
        type='SwinTransformer3D',
        arch=dict(embed_dims=24, depths=[2, 2, 2], num_heads=[3, 6, 12]),
        pretrained=None,
        pretrained2d=False,
        patch_size=(2, 4, 4),
        window_size=(8, 4, 4),
        out_indices=(0, 1, 2),
    ),
    pool_time=(1, 2, 4),
)
model = dict(
    backbone=dict(_delete_=True, type='TwoStreamBackbone', rgb=stream, flow=stream),
    neck=dict(in_channels=(2 * 24, 2 * 48, 2 * 96)),
)
