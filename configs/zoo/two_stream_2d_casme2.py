# A two-stream 2-D CNN (Simonyan and Zisserman 2014, the paper's [16]) as the backbone,
# on CAS(ME)^2, one subject left out.
#   MESPOT_FOLD=s15 python tools/train.py configs/zoo/two_stream_2d_casme2.py
_base_ = '../mespot_casme2.py'

stream = dict(
    type='FrameLevels',
    backbone=dict(
        type='ResNet', depth=50, num_stages=4, strides=(1, 2, 2, 2), dilations=(1, 1, 1, 1), out_indices=(3,)
    ),
)
model = dict(
    backbone=dict(_delete_=True, type='TwoStreamBackbone', rgb=stream, flow=stream),
    neck=dict(in_channels=(2 * 2048, 2 * 2048, 2 * 2048)),
)
work_dir = './work_dirs/two_stream_2d_casme2/{{$MESPOT_FOLD:s15}}'
