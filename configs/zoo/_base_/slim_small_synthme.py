# As slim_short_synthme.py, on pictures of 32 px: for backbones of one width, which no setting makes slim.
_base_ = './slim_short_synthme.py'

load = dict(type='LoadStreams', streams=dict(rgb='rgb'))
resize = dict(type='StreamResize', size=36)
train_pipeline = [
    load,
    resize,
    dict(type='StreamRandomCrop', size=32),
    dict(type='StreamFlip', flip_ratio=0.5),
    dict(type='PackSpottingInputs'),
]
test_pipeline = [load, resize, dict(type='StreamCenterCrop', size=32), dict(type='PackSpottingInputs')]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
data_root = '{{$MESPOT_DATA:data/synthme}}'
sliding = dict(
    type='LongVideoDataset',
    clip_len=64,
    target_fps=15,
    stride=32,
    test_mode=True,
    pipeline=test_pipeline,
    split='test',
)
test_dataloader = dict(
    dataset=dict(
        datasets=[
            dict(**sliding, data_root=f'{data_root}/normal'),
            dict(**sliding, data_root=f'{data_root}/hard'),
            dict(**sliding, data_root=f'{data_root}/shift'),
        ]
    )
)
