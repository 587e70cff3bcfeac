# The paper's design (two-stream I3D) in a slim form on the synthetic benchmark; for the CPU.
_base_ = [
    './_base_/models/mespot_i3d_slim.py',
    './_base_/datasets/synthme_two_stream.py',
    './_base_/schedules/adamw_cosine_20e.py',
    './_base_/default_runtime.py',
]

# 1536 steps: about 55 minutes of one core of a CPU.
train_dataloader = dict(batch_size=8, dataset=dict(windows_per_epoch=1024))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.05, by_epoch=True, begin=0, end=1, convert_to_iter_based=True),
    dict(type='CosineAnnealingLR', eta_min=0, by_epoch=True, begin=1, end=12, convert_to_iter_based=True),
]
train_cfg = dict(max_epochs=12, val_interval=3)
