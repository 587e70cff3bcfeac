# Video Swin transformers (Liu et al. 2022, the paper's [20]) as the backbone,
# on CAS(ME)^2, one subject left out.
#   MESPOT_FOLD=s15 python tools/train.py configs/zoo/video_swin_casme2.py
_base_ = '../mespot_casme2.py'

stream = dict(
    type='StageLevels',
    backbone=dict(
        type='SwinTransformer3D',
        arch=dict(embed_dims=96, depths=[2, 2, 6, 2], num_heads=[3, 6, 12, 24]),
        pretrained=None,
        pretrained2d=False,
        patch_size=(2, 4, 4),
        window_size=(8, 7, 7),
        out_indices=(1, 2, 3),
    ),
    pool_time=(1, 2, 4),
)
model = dict(
    backbone=dict(_delete_=True, type='TwoStreamBackbone', rgb=stream, flow=stream),
    neck=dict(in_channels=(2 * 192, 2 * 384, 2 * 768)),
)
work_dir = './work_dirs/video_swin_casme2/{{$MESPOT_FOLD:s15}}'
