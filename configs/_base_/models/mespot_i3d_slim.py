# The paper's design for the CPU: two slim 3-D ResNets on 64 to 96 px, one block a stage.
slim = dict(
    type='ResNet3d',
    depth=18,
    stage_blocks=(1, 1, 1, 1),
    pretrained=None,
    pretrained2d=False,
    base_channels=16,
    conv1_kernel=(3, 5, 5),
    conv1_stride_t=2,  # P3, P4, P5 at T/2, T/4, T/8
    pool1_stride_t=1,
    with_pool2=False,
    temporal_strides=(1, 1, 2, 2),
    out_indices=(1, 2, 3),
    zero_init_residual=False,
)
model = dict(
    type='MESpotter',
    data_preprocessor=dict(type='SpottingDataPreprocessor', flow_scale=1.0),
    backbone=dict(type='TwoStreamBackbone', rgb=slim, flow=slim, fusion='concat'),
    neck=dict(
        type='BiFPN3D', in_channels=(2 * 32, 2 * 64, 2 * 128), out_channels=64, num_levels=5, num_repeats=2
    ),
    head=dict(
        type='CRNHead',
        in_channels=64,
        num_classes=2,
        channels=128,
        dropout=0.5,  # paper, section III-D
        anchors=dict(type='SegmentAnchors', strides=(2, 4, 8, 16, 32), scale=3.0),
        assigner=dict(type='SegmentAssigner', positive_iou=0.5, negative_iou=0.4),
        loss_cls=dict(type='FocalCrossEntropyLoss', gamma=2.0),
        loss_boundary=dict(type='BoundarySmoothL1Loss', beta=0.1),
    ),
)
