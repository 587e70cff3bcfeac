# The flow stream alone.
_base_ = '../mespot_synthetic.py'

ablation = dict(reference='slim_two_streams', change='slim, flow alone')
model = dict(backbone=dict(rgb=None), neck=dict(in_channels=(32, 64, 128)))
