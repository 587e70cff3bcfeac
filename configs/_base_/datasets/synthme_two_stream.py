# The synthetic benchmark for two-stream networks: aligned faces and their optical flow at 64 px. 64 positions
# at 15 per second cost half of 30, and the flow between frames 4/30 s apart still sees all motion.
# The environment variable MESPOT_DATA sets the path of the prepared data.
data_root = '{{$MESPOT_DATA:data/synthme}}'
# How the videos were prepared; tools/spot.py prepares videos of one's own alike.
preparation = dict(crop_size=112, flow_method='tvl1-fast')
load = dict(type='LoadStreams', streams=dict(rgb='rgb', flow='flow'))
resize = dict(type='StreamResize', size=72)

train_pipeline = [
    load,
    resize,
    dict(type='StreamRandomCrop', size=64),
    dict(type='StreamFlip', flip_ratio=0.5),
    # px of the 72 px picture
    dict(type='FlowJitter', amplitude=(0.6, 1.8), offset_std=0.03, head_motion_std=0.06, noise_std=0.02),
    dict(type='PackSpottingInputs'),
]
test_pipeline = [load, resize, dict(type='StreamCenterCrop', size=64), dict(type='PackSpottingInputs')]
windows = dict(type='LongVideoDataset', clip_len=64, target_fps=15)

train_dataloader = dict(
    batch_size=16,
    num_workers=2,
    persistent_workers=True,
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
sliding = dict(**windows, stride=32, test_mode=True, pipeline=test_pipeline)
val_dataloader = dict(
    batch_size=8,
    num_workers=2,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(**sliding, data_root=f'{data_root}/normal', split='val'),
)
test_dataloader = dict(
    batch_size=8,
    num_workers=2,
    persistent_workers=True,
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
