# LSTMs on the features of frames (Donahue et al. 2015, the paper's [14]) as the backbone,
# on CAS(ME)^2, one subject left out.
#   MESPOT_FOLD=s15 python tools/train.py configs/zoo/lrcn_casme2.py
_base_ = '../mespot_casme2.py'

stream = dict(
    type='FrameLevels',
    backbone=dict(
        type='ResNet', depth=50, num_stages=4, strides=(1, 2, 2, 2), dilations=(1, 1, 1, 1), out_indices=(3,)
    ),
    lstm=dict(input_size=2048, hidden_size=512),
)
model = dict(
    backbone=dict(_delete_=True, type='TwoStreamBackbone', rgb=stream, flow=stream),
    neck=dict(in_channels=(2 * 512, 2 * 512, 2 * 512)),
)
work_dir = './work_dirs/lrcn_casme2/{{$MESPOT_FOLD:s15}}'
