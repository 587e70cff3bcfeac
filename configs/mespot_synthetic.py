# The paper's design (two-stream I3D) in a slim form on the synthetic benchmark; for the CPU.
_base_ = [
    './_base_/models/mespot_i3d_slim.py',
    './_base_/datasets/synthme_two_stream.py',
    './_base_/schedules/adamw_cosine_20e.py',
    './_base_/default_runtime.py',
]

# 192 steps: what one core of a CPU does in about ten minutes.
train_dataloader = dict(batch_size=8, dataset=dict(windows_per_epoch=256))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.05, by_epoch=True, begin=0, end=1, convert_to_iter_based=True),
    dict(type='CosineAnnealingLR', eta_min=0, by_epoch=True, begin=1, end=6, convert_to_iter_based=True),
]
train_cfg = dict(max_epochs=6, val_interval=6)
