# TriDet (Shi et al. 2023): granularity pyramid and Trident head,
# on the synthetic benchmark.
#   python tools/train.py configs/zoo/tridet_synthme.py
_base_ = '../mespot_lite_synthetic.py'

model = dict(
    neck=dict(_delete_=True, type='SequencePyramid', in_channels=32, layer='granularity'),
    head=dict(_delete_=True, type='TridentHead', in_channels=64, channels=96),
)
