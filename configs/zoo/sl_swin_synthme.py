# SL-Swin (He et al. 2023) on the synthetic benchmark.
#   python tools/train.py configs/zoo/sl_swin_synthme.py
_base_ = [
    './_base_/patches_synthme.py',
    '../_base_/schedules/adamw_cosine_20e.py',
    '../_base_/default_runtime.py',
]

model = dict(
    type='MESpotter',
    backbone=dict(type='SLSwin', channels=24, depths=(2, 2), heads=(3, 6)),
    head=dict(type='PeakHead', in_channels=96, separate=True),
)
