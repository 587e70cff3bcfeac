# The synthetic benchmark for the lite network: flow on a 12 x 12 grid, 128 positions at 30 per second.
# The environment variable MESPOT_DATA sets the path of the prepared data.
data_root = '{{$MESPOT_DATA:data/synthme}}'
# How the videos were prepared; tools/spot.py prepares videos of one's own alike.
preparation = dict(crop_size=112, flow_method='tvl1-fast')
load = dict(type='LoadStreams', streams=dict(flow='flow_grid'), in_memory=True)

train_pipeline = [
    load,
    dict(type='StreamFlip', flip_ratio=0.5),
    dict(
        type='FlowJitter',  # px of the 112 px crop
        amplitude=(0.6, 1.8),
        offset_std=0.05,
        head_motion_std=0.1,
        noise_std=0.02,
        max_shift=1 / 12,
    ),
    dict(type='PackSpottingInputs'),
]
test_pipeline = [load, dict(type='PackSpottingInputs')]
windows = dict(type='LongVideoDataset', clip_len=128, target_fps=30)

train_dataloader = dict(
    batch_size=16,
    num_workers=0,  # the flow lies in memory: a worker would only copy it
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
# In validation and test the backbone sees 8 positions beyond a window, its reach, as in spotting.
sliding = dict(**windows, stride=64, context=8, align=8, test_mode=True, pipeline=test_pipeline)
val_dataloader = dict(
    batch_size=32,
    num_workers=0,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(**sliding, data_root=f'{data_root}/normal', split='val'),
)
test_dataloader = dict(
    batch_size=32,
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
