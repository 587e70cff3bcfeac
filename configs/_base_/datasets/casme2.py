# CAS(ME)^2 (30 fps), leaving one subject out. MESPOT_FOLD names the fold's test subject, MESPOT_DATA sets the
# path of the prepared data. Thresholds are chosen on every 6th of the other subjects,
# which are not trained on.
data_root = '{{$MESPOT_DATA:data/casme2}}'
fold = '{{$MESPOT_FOLD:s15}}'
load = dict(type='LoadStreams', streams=dict(rgb='rgb', flow='flow'))

train_pipeline = [
    load,
    dict(type='StreamRandomCrop', size=192),  # random crop and left-right flip: paper, section III-C
    dict(type='StreamFlip', flip_ratio=0.5),
    dict(type='PackSpottingInputs'),
]
test_pipeline = [load, dict(type='StreamCenterCrop', size=192), dict(type='PackSpottingInputs')]
windows = dict(type='LongVideoDataset', data_root=data_root, fold=fold, clip_len=128, frame_interval=1)

train_dataloader = dict(
    batch_size=2,
    num_workers=4,
    persistent_workers=True,
    drop_last=True,
    sampler=dict(type='EpochSampler', shuffle=True),
    dataset=dict(**windows, split='train', pipeline=train_pipeline),
)
val_dataloader = dict(
    batch_size=2,
    num_workers=4,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(**windows, split='val', stride=64, test_mode=True, pipeline=test_pipeline),
)
test_dataloader = dict(
    batch_size=2,
    num_workers=4,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(**windows, split='test', stride=64, test_mode=True, pipeline=test_pipeline),
)
