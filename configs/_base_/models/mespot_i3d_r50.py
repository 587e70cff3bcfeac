# The paper's network (section III): two-stream I3D-R50, BiFPN over P3 to P7, CRN head.
# The zoo's RGB weights for both streams (path or URL of i3d_imagenet-pretrained-r50_*_kinetics400-rgb_*.pth):
#   --cfg-options model.backbone.init_cfg.type=Pretrained model.backbone.init_cfg.checkpoint=FILE
i3d = dict(
    type='ResNet3d',
    depth=50,
    pretrained=None,
    pretrained2d=False,
    conv1_kernel=(5, 7, 7),
    conv1_stride_t=2,  # P3, P4, P5 at T/2, T/4, T/8; strides carry no weights
    pool1_stride_t=1,
    with_pool2=False,
    temporal_strides=(1, 1, 2, 2),
    out_indices=(1, 2, 3),
    inflate=((1, 1, 1), (1, 0, 1, 0), (1, 0, 1, 0, 1, 0), (0, 1, 0)),
    zero_init_residual=False,
)
model = dict(
    type='MESpotter',
    data_preprocessor=dict(type='SpottingDataPreprocessor', flow_scale=1.0),
    backbone=dict(type='TwoStreamBackbone', rgb=i3d, flow=i3d, fusion='concat'),
    neck=dict(
        type='BiFPN3D',
        in_channels=(2 * 512, 2 * 1024, 2 * 2048),
        out_channels=256,
        num_levels=5,
        num_repeats=2,
    ),
    head=dict(
        type='CRNHead',
        in_channels=256,
        num_classes=2,
        channels=256,
        dropout=0.5,  # paper, section III-D
        anchors=dict(type='SegmentAnchors', strides=(2, 4, 8, 16, 32), scale=3.0),
        assigner=dict(type='SegmentAssigner', positive_iou=0.5, negative_iou=0.4),
        loss_cls=dict(type='FocalCrossEntropyLoss', gamma=2.0),
        loss_boundary=dict(type='BoundarySmoothL1Loss', beta=0.1),
    ),
)
