# ABPN (Leng et al. 2022) on CAS(ME)^2, one subject left out.
#   MESPOT_FOLD=s15 python tools/train.py configs/zoo/abpn_casme2.py
_base_ = [
    './_base_/regions_windows_casme2.py',
    '../_base_/schedules/adamw_cosine_20e.py',
    '../_base_/default_runtime.py',
]

model = dict(type='MESpotter', backbone=dict(type='ABPN'), head=dict(type='ApexBoundaryHead', in_channels=64))
work_dir = './work_dirs/abpn_casme2/{{$MESPOT_FOLD:s15}}'
