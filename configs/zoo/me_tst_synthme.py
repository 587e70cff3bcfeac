# ME-TST (Zou et al. 2024) on the synthetic benchmark.
#   python tools/train.py configs/zoo/me_tst_synthme.py
_base_ = [
    './_base_/regions_videos_synthme.py',
    '../_base_/schedules/adamw_cosine_20e.py',
    '../_base_/default_runtime.py',
]

model = dict(
    type='MESpotter',
    backbone=dict(type='METST', depth=4, state=16),
    head=dict(type='PeakHead', in_channels=64, sigmoid=True, entropy_weight=0.1, keep_negatives=1.0),
)
