# ActionFormer (Zhang et al. 2022): transformer pyramid and anchor-free head,
# on the synthetic benchmark.
#   python tools/train.py configs/zoo/actionformer_synthme.py
_base_ = '../mespot_lite_synthetic.py'

model = dict(
    neck=dict(_delete_=True, type='SequencePyramid', in_channels=32, layer='attention'),
    head=dict(_delete_=True, type='AnchorFreeHead', in_channels=64, channels=96),
)
