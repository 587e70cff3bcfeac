# The paper's backbone: two-stream Inception-I3D, BiFPN over P3 to P7, CRN head.
# Weights of Kinetics (tools/convert_i3d.py makes these files from the published ones):
#   --cfg-options model.backbone.init_cfg.type=Pretrained
#     model.backbone.init_cfg.checkpoint.rgb=RGB.pth model.backbone.init_cfg.checkpoint.flow=FLOW.pth
inception = dict(type='InceptionI3D')
model = dict(
    type='MESpotter',
    data_preprocessor=dict(
        type='SpottingDataPreprocessor',
        rgb_mean=(127.5, 127.5, 127.5),  # -1 to 1, as the published weights expect
        rgb_std=(127.5, 127.5, 127.5),
        flow_scale=1.0,  # px; theirs was 20 px, a hundred times the motion of a micro-expression
    ),
    backbone=dict(type='TwoStreamBackbone', rgb=inception, flow=inception, fusion='concat'),
    neck=dict(
        type='BiFPN3D',
        in_channels=(2 * 480, 2 * 832, 2 * 1024),
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
