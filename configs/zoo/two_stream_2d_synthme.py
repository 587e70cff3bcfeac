# A two-stream 2-D CNN (Simonyan and Zisserman 2014, the paper's [16]) as the backbone,
# on the synthetic benchmark.
#   python tools/train.py configs/zoo/two_stream_2d_synthme.py
_base_ = './_base_/slim_short_synthme.py'

stream = dict(
    type='FrameLevels',
    backbone=dict(type='ResNet', depth=18, num_stages=2, strides=(1, 2), dilations=(1, 1), out_indices=(1,)),
)
model = dict(
    backbone=dict(_delete_=True, type='TwoStreamBackbone', rgb=stream, flow=stream),
    neck=dict(in_channels=(2 * 128, 2 * 128, 2 * 128)),
)
