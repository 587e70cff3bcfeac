# ABPN (Leng et al. 2022) on the synthetic benchmark.
#   python tools/train.py configs/zoo/abpn_synthme.py
_base_ = [
    './_base_/regions_windows_synthme.py',
    '../_base_/schedules/adamw_cosine_20e.py',
    '../_base_/default_runtime.py',
]

model = dict(type='MESpotter', backbone=dict(type='ABPN'), head=dict(type='ApexBoundaryHead', in_channels=64))
