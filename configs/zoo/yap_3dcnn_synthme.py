# 3D-CNN with reference frames (Yap et al. 2021, the paper's [26]) on the synthetic benchmark.
#   python tools/train.py configs/zoo/yap_3dcnn_synthme.py
_base_ = [
    './_base_/faces_synthme.py',
    '../_base_/schedules/adamw_cosine_20e.py',
    '../_base_/default_runtime.py',
]

model = dict(
    type='MESpotter',
    backbone=dict(type='ReferenceFrameCNN'),
    head=dict(type='PeakHead', in_channels=256, separate=True),
)
