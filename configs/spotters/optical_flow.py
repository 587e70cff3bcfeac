# The optical-flow spotter (after OF-FD, He 2021) on the synthetic benchmark. No training, no checkpoint:
#   python tools/test.py configs/spotters/optical_flow.py
_base_ = '../_base_/default_runtime.py'

data_root = '{{$MESPOT_DATA:data/synthme}}'
pipeline = [dict(type='LoadVideoFlow', stream='flow_roi'), dict(type='PackVideoFlow')]
videos = dict(type='WholeVideoDataset', pipeline=pipeline)
loader = dict(
    batch_size=1,
    num_workers=0,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=False),
)
val_dataloader = dict(**loader, dataset=dict(**videos, data_root=f'{data_root}/normal', split='val'))
test_dataloader = dict(
    **loader,
    dataset=dict(
        type='ConcatDataset',
        datasets=[
            dict(**videos, data_root=f'{data_root}/normal', split='test'),
            dict(**videos, data_root=f'{data_root}/hard', split='test'),
            dict(**videos, data_root=f'{data_root}/shift', split='test'),
        ],
    ),
)
model = dict(
    type='OpticalFlowSpotter',
    min_length_s=0.2,
    max_length_s=4.0,
    length_step=1.2,
    top_regions=2,
    slope_fraction=0.2,
    noise_floor_px=0.02,
    overlap=0.4,
)
