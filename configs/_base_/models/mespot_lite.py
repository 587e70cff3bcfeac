# Lite, for the CPU: optical flow on a 12 x 12 grid, a small 3-D stem, the paper's neck and head, narrow.
model = dict(
    type='MESpotter',
    data_preprocessor=dict(type='SpottingDataPreprocessor', flow_scale=1.0),
    backbone=dict(type='FlowGridBackbone', channels=(16, 32, 48, 48), grid_size=12),
    neck=dict(
        type='BiFPN3D', in_channels=(32, 48, 48), out_channels=64, num_levels=5, num_repeats=2, se_reduction=8
    ),
    head=dict(
        type='CRNHead',
        in_channels=64,
        num_classes=2,
        channels=96,
        dropout=0.5,  # paper, section III-D
        anchors=dict(type='SegmentAnchors', strides=(2, 4, 8, 16, 32), scale=3.0),
        assigner=dict(type='SegmentAssigner', positive_iou=0.5, negative_iou=0.4),
        loss_cls=dict(type='FocalCrossEntropyLoss', gamma=2.0),
        loss_boundary=dict(type='BoundarySmoothL1Loss', beta=0.1),
    ),
)
