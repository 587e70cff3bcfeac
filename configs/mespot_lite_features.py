# Neck and head of the lite network alone, on the stored levels of its frozen backbone.
# For each part (normal, hard, shift) of the synthetic benchmark, first:
#   python tools/extract_features.py configs/mespot_lite_synthetic.py final.pth \
#       --data data/synthme/normal --out data/synthme/normal/features_lite
_base_ = [
    './_base_/models/mespot_lite.py',
    './_base_/datasets/synthme_flow_grid.py',
    './_base_/schedules/adamw_cosine_20e.py',
    './_base_/default_runtime.py',
]

model = dict(_delete_=True, type='MESpotFeature', neck={{_base_.model.neck}}, head={{_base_.model.head}})
pipeline = [
    dict(type='LoadFeatures', folder='features_lite', in_memory=True),
    dict(type='PackFeatureInputs'),
]
# Windows start on the grid of the coarsest level; the stored features have had their context.
on_features = dict(context=0, align=8, pipeline=pipeline)
train_dataloader = dict(dataset=dict(**on_features, interval_jitter=None))
val_dataloader = dict(dataset=on_features)
sliding = dict(
    type='LongVideoDataset',
    clip_len=128,
    target_fps=30,
    stride=64,
    test_mode=True,
    split='test',
    **on_features,
)
test_dataloader = dict(
    dataset=dict(
        datasets=[
            dict(**sliding, data_root='{{$MESPOT_DATA:data/synthme}}/normal'),
            dict(**sliding, data_root='{{$MESPOT_DATA:data/synthme}}/hard'),
            dict(**sliding, data_root='{{$MESPOT_DATA:data/synthme}}/shift'),
        ]
    )
)
