# SL-Swin (He et al. 2023) on CAS(ME)^2, one subject left out.
#   MESPOT_FOLD=s15 python tools/train.py configs/zoo/sl_swin_casme2.py
_base_ = [
    './_base_/patches_casme2.py',
    '../_base_/schedules/adamw_cosine_20e.py',
    '../_base_/default_runtime.py',
]

model = dict(
    type='MESpotter',
    backbone=dict(type='SLSwin', channels=96, depths=(2, 2, 6, 2), heads=(3, 6, 12, 24)),
    head=dict(type='PeakHead', in_channels=1536, separate=True),
)
work_dir = './work_dirs/sl_swin_casme2/{{$MESPOT_FOLD:s15}}'
