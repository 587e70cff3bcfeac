# SpotFormer (Deng et al. 2024) on the synthetic benchmark.
#   python tools/train.py configs/zoo/spotformer_synthme.py
_base_ = [
    './_base_/regions_windows_synthme.py',
    '../_base_/schedules/adamw_cosine_20e.py',
    '../_base_/default_runtime.py',
]

model = dict(
    type='MESpotter',
    backbone=dict(type='SpotFormer', channels=64),
    head=dict(
        type='ApexBoundaryHead',
        in_channels=64,
        kernel=1,
        dilation=1,
        focal_boundaries=False,
        contrast_weight=0.005,
    ),
)
train_dataloader = dict(batch_size=4, dataset=dict(clip_len=64, windows_per_epoch=160))
