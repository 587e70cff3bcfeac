# The RGB stream alone.
_base_ = '../mespot_synthetic.py'

ablation = dict(reference='slim_two_streams', change='slim, RGB alone')
model = dict(backbone=dict(flow=None), neck=dict(in_channels=(32, 64, 128)))
