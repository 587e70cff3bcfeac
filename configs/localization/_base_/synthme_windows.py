# The synthetic benchmark as pseudo-videos: sliding windows of 64 positions at 15 per second (4.27 s), flow on
# a 12 x 12 grid as 288 features per position. MESPOT_DATA sets the path of the prepared data.
data_root = '{{$MESPOT_DATA:data/synthme}}'
load = dict(type='LoadStreams', streams=dict(flow='flow_grid'), in_memory=True)
pack = dict(
    type='PackLocalizationInputs',
    keys=(
        'gt_bbox',
        'proposals',
        'reference_temporal_iou',
        'bsp_feature',
        'tmin',
        'tmax',
        'tmin_score',
        'tmax_score',
    ),
    meta_keys=(
        # what MMAction2's localizers read
        *('video_name', 'duration_second', 'duration_frame', 'feature_frame', 'annotations'),
        # what SpottingF1Metric reads
        *('video_id', 'subject', 'part', 'fps', 'total_frames', 'video_segments', 'video_labels'),
        *('window_start', 'frame_interval', 'clip_len', 'grid'),
    ),
)
train_pipeline = [
    load,
    dict(type='StreamFlip', flip_ratio=0.5),
    dict(type='FlowJitter', amplitude=(0.6, 1.8), offset_std=0.05, head_motion_std=0.1, noise_std=0.02),
    dict(type='StreamsToFeature'),
    dict(type='GenerateLocalizationLabels'),
    pack,
]
test_pipeline = [load, dict(type='StreamsToFeature'), dict(type='GenerateLocalizationLabels'), pack]
windows = dict(type='PseudoVideoDataset', clip_len=64, target_fps=15)

train_dataloader = dict(
    batch_size=8,
    num_workers=0,  # the flow lies in memory
    persistent_workers=False,
    drop_last=True,
    sampler=dict(type='EpochSampler', shuffle=True),
    dataset=dict(
        **windows, data_root=f'{data_root}/normal', split='train', stride=16, pipeline=train_pipeline
    ),
)
# MMAction2's localizers answer for the first sample of a batch only.
sliding = dict(**windows, stride=32, test_mode=True, pipeline=test_pipeline)
loader = dict(
    batch_size=1,
    num_workers=0,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=False),
)
val_dataloader = dict(**loader, dataset=dict(**sliding, data_root=f'{data_root}/normal', split='val'))
test_dataloader = dict(
    **loader,
    dataset=dict(
        type='ConcatDataset',
        datasets=[
            dict(**sliding, data_root=f'{data_root}/normal', split='test'),
            dict(**sliding, data_root=f'{data_root}/hard', split='test'),
            dict(**sliding, data_root=f'{data_root}/shift', split='test'),
        ],
    ),
)
