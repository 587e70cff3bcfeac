# AUW-GCN (Yin et al. 2023) on the synthetic benchmark.
#   python tools/train.py configs/zoo/auw_gcn_synthme.py
_base_ = [
    './_base_/regions_windows_synthme.py',
    '../_base_/schedules/adamw_cosine_20e.py',
    '../_base_/default_runtime.py',
]

model = dict(
    type='MESpotter', backbone=dict(type='AUWGCN'), head=dict(type='ApexBoundaryHead', in_channels=64)
)
default_hooks = dict(action_units=dict(type='ActionUnitHook'))
