# Faces as small pictures, whole videos in the test, on the synthetic benchmark.
# Another place of the prepared data: the environment variable MESPOT_DATA.
data_root = '{{$MESPOT_DATA:data/synthme}}'
# How the videos were prepared; tools/spot.py prepares videos of one's own alike.
preparation = dict(crop_size=112, flow_method='tvl1-fast')
load = dict(type='LoadStreams', streams=dict(rgb='rgb'))
resize = dict(type='StreamResize', size=48)

train_pipeline = [load, resize, dict(type='StreamFlip', flip_ratio=0.5), dict(type='PackSpottingInputs')]
test_pipeline = [load, resize, dict(type='PackSpottingInputs')]
windows = dict(type='LongVideoDataset', clip_len=64, target_fps=30)
videos = dict(type='WholeVideoDataset', target_fps=30, pipeline=test_pipeline)

train_dataloader = dict(
    batch_size=4,
    num_workers=0,
    persistent_workers=False,
    drop_last=True,
    sampler=dict(type='EpochSampler', shuffle=True),
    dataset=dict(
        **windows,
        data_root=f'{data_root}/normal',
        split='train',
        windows_per_epoch=160,
        interval_jitter=(0.85, 1.2),
        pipeline=train_pipeline,
    ),
)
val_dataloader = dict(
    batch_size=1,
    num_workers=0,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(**videos, data_root=f'{data_root}/normal', split='val'),
)
test_dataloader = dict(
    batch_size=1,
    num_workers=0,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='ConcatDataset',
        datasets=[
            dict(**videos, data_root=f'{data_root}/normal', split='test'),
            dict(**videos, data_root=f'{data_root}/hard', split='test'),
            dict(**videos, data_root=f'{data_root}/shift', split='test'),
        ],
    ),
)
