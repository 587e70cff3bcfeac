# MTSN (Liong et al. 2022) on the synthetic benchmark.
#   python tools/train.py configs/zoo/mtsn_synthme.py
_base_ = [
    './_base_/patches_synthme.py',
    '../_base_/schedules/adamw_cosine_20e.py',
    '../_base_/default_runtime.py',
]

model = dict(
    type='MESpotter',
    backbone=dict(type='MTSN'),
    head=dict(type='PeakHead', in_channels=256, separate=True, sigmoid=True, keep_negatives=1.0),
)
