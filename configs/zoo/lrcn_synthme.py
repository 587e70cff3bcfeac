# LSTMs on the features of frames (Donahue et al. 2015, the paper's [14]) as the backbone,
# on the synthetic benchmark.
#   python tools/train.py configs/zoo/lrcn_synthme.py
_base_ = './_base_/slim_short_synthme.py'

stream = dict(
    type='FrameLevels',
    backbone=dict(type='ResNet', depth=18, num_stages=2, strides=(1, 2), dilations=(1, 1), out_indices=(1,)),
    lstm=dict(input_size=128, hidden_size=64),
)
model = dict(
    backbone=dict(_delete_=True, type='TwoStreamBackbone', rgb=stream, flow=stream),
    neck=dict(in_channels=(2 * 64, 2 * 64, 2 * 64)),
)
