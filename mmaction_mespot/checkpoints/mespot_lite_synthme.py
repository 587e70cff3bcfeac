"""The lite network that ships with the package: all that running it needs, without a base config.

``MESPOT_DATA`` names a prepared data set: ``python tools/test.py FILE.py FILE.pth`` tests on everybody in it.
"""

custom_imports = dict(imports=['mmaction_mespot'], allow_failed_imports=False)
default_scope = 'mmaction'

# How videos were prepared for the training: fields of PreparationSettings.
preparation = dict(streams=('flow_grid',), crop_size=112, flow_method='tvl1-fast', flow_gap=None)

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
        dropout=0.5,
        anchors=dict(type='SegmentAnchors', strides=(2, 4, 8, 16, 32), scale=3.0),
        assigner=dict(type='SegmentAssigner', positive_iou=0.5, negative_iou=0.4),
        loss_cls=dict(type='FocalCrossEntropyLoss', gamma=2.0),
        loss_boundary=dict(type='BoundarySmoothL1Loss', beta=0.1),
    ),
)

test_dataloader = dict(
    batch_size=32,
    num_workers=0,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='LongVideoDataset',
        data_root='{{$MESPOT_DATA:data/own}}',
        clip_len=128,
        stride=64,
        target_fps=30,
        # The backbone sees this much beyond a window, in a test as in the spotting of one's own videos.
        context=8,
        align=8,
        test_mode=True,
        pipeline=[
            dict(type='LoadStreams', streams=dict(flow='flow_grid'), remove_head_motion=True, in_memory=True),
            dict(type='PackSpottingInputs'),
        ],
    ),
)
test_evaluator = dict(
    type='SpottingF1Metric',
    iou_threshold=0.5,
    post_processing=dict(
        nms_mode='hard',
        nms_iou=0.3,
        cross_class_ioa=0.4,
        min_length_s=(0.2, 0.1),
        max_length_s=(10.0, 1.0),
        edge_fraction=0.15,
        pre_nms_top_k=2000,
        max_per_video=500,
    ),
)
test_cfg = dict(type='TestLoop')
# Data that were prepared in another way are refused.
custom_hooks = [dict(type='PreparationHook')]
