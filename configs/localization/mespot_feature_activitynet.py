# Our neck and head on other localizers' data: an ActivityNet JSON and CSV features. Here the synthetic
# benchmark's: windows of 128 positions, a row for every second one. First (after tools/extract_features.py):
#   python tools/export_activitynet.py data/synthme/normal --features data/synthme/normal/features_lite \
#       --out data/synthme/normal/activitynet --clip-len 128
# Other data: change data_root, the files, the neck's in_channels, `classes` (None: one class) and `length`.
_base_ = ['../_base_/schedules/adamw_cosine_20e.py', '../_base_/default_runtime.py']

data_root = '{{$MESPOT_DATA:data/synthme}}/normal/activitynet'
pipeline = [
    dict(type='LoadLocalizationFeature'),
    dict(type='ActivityNetWindow', classes=('MaE', 'ME')),
    dict(type='PackFeatureInputs'),
]
dataset = dict(
    type='ActivityNetDataset', data_root=data_root, data_prefix=dict(video='features'), pipeline=pipeline
)
train_dataloader = dict(
    batch_size=16,
    num_workers=2,
    persistent_workers=True,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(**dataset, ann_file='annotations_train.json'),
)
val_dataloader = dict(
    batch_size=16,
    num_workers=2,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(**dataset, ann_file='annotations_val.json', test_mode=True),
)
test_dataloader = dict(
    batch_size=16,
    num_workers=2,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(**dataset, ann_file='annotations_test.json', test_mode=True),
)

model = dict(
    type='MESpotFeature',
    neck=dict(
        type='BiFPN3D', in_channels=(32,), out_channels=64, num_levels=5, num_repeats=2, se_reduction=8
    ),
    head=dict(
        type='CRNHead',
        in_channels=64,
        num_classes=2,
        channels=96,
        dropout=0.5,
        anchors=dict(type='SegmentAnchors', strides=(1, 2, 4, 8, 16), scale=3.0),  # in rows of the features
        assigner=dict(type='SegmentAssigner', positive_iou=0.5, negative_iou=0.4),
        loss_cls=dict(type='FocalCrossEntropyLoss', gamma=2.0),
        loss_boundary=dict(type='BoundarySmoothL1Loss', beta=0.1),
    ),
)
