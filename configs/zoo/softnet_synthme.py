# SOFTNet (Liong et al. 2021) on the synthetic benchmark.
#   python tools/train.py configs/zoo/softnet_synthme.py
_base_ = [
    './_base_/patches_synthme.py',
    '../_base_/schedules/adamw_cosine_20e.py',
    '../_base_/default_runtime.py',
]

model = dict(
    type='MESpotter',
    backbone=dict(type='SOFTNet'),
    head=dict(type='PeakHead', in_channels=800, separate=True),
)
