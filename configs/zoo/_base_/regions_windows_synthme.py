# The flow of 14 regions, windows of 8.5 s, on the synthetic benchmark.
# Another place of the prepared data: the environment variable MESPOT_DATA.
data_root = '{{$MESPOT_DATA:data/synthme}}'
# How the videos were prepared; tools/spot.py prepares videos of one's own alike.
preparation = dict(crop_size=112, flow_method='tvl1-fast')
load = dict(type='LoadStreams', streams=dict(flow='flow_roi'), in_memory=True)

train_pipeline = [
    load,
    dict(type='RegionsAsPicture', flip_ratio=0.5),
    dict(type='FlowJitter', amplitude=(0.6, 1.8), offset_std=0.05, noise_std=0.02),  # px of the crop
    dict(type='PackSpottingInputs'),
]
test_pipeline = [load, dict(type='RegionsAsPicture'), dict(type='PackSpottingInputs')]
windows = dict(type='LongVideoDataset', clip_len=256, target_fps=30)
sliding = dict(**windows, stride=128, test_mode=True, pipeline=test_pipeline)

train_dataloader = dict(
    batch_size=16,
    num_workers=0,
    persistent_workers=False,
    drop_last=True,
    sampler=dict(type='EpochSampler', shuffle=True),
    dataset=dict(
        **windows,
        data_root=f'{data_root}/normal',
        split='train',
        windows_per_epoch=640,
        interval_jitter=(0.85, 1.2),
        pipeline=train_pipeline,
    ),
)
val_dataloader = dict(
    batch_size=16,
    num_workers=0,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(**sliding, data_root=f'{data_root}/normal', split='val'),
)
test_dataloader = dict(
    batch_size=16,
    num_workers=0,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='ConcatDataset',
        datasets=[
            dict(**sliding, data_root=f'{data_root}/normal', split='test'),
            dict(**sliding, data_root=f'{data_root}/hard', split='test'),
            dict(**sliding, data_root=f'{data_root}/shift', split='test'),
        ],
    ),
)
