# AUW-GCN (Yin et al. 2023) on CAS(ME)^2, one subject left out.
#   MESPOT_FOLD=s15 python tools/train.py configs/zoo/auw_gcn_casme2.py
_base_ = [
    './_base_/regions_windows_casme2.py',
    '../_base_/schedules/adamw_cosine_20e.py',
    '../_base_/default_runtime.py',
]

model = dict(
    type='MESpotter', backbone=dict(type='AUWGCN'), head=dict(type='ApexBoundaryHead', in_channels=64)
)
default_hooks = dict(action_units=dict(type='ActionUnitHook'))
work_dir = './work_dirs/auw_gcn_casme2/{{$MESPOT_FOLD:s15}}'
