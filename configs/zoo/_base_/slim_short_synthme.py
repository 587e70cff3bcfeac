# The slim network's settings with a sixth of its steps, for backbones that cost several times as much.
_base_ = '../../mespot_synthetic.py'

train_dataloader = dict(dataset=dict(windows_per_epoch=352))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.05, by_epoch=True, begin=0, end=1, convert_to_iter_based=True),
    dict(type='CosineAnnealingLR', eta_min=0, by_epoch=True, begin=1, end=6, convert_to_iter_based=True),
]
train_cfg = dict(max_epochs=6, val_interval=3)
