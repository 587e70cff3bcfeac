# MTSN (Liong et al. 2022) on CAS(ME)^2, one subject left out.
#   MESPOT_FOLD=s15 python tools/train.py configs/zoo/mtsn_casme2.py
_base_ = [
    './_base_/patches_casme2.py',
    '../_base_/schedules/adamw_cosine_20e.py',
    '../_base_/default_runtime.py',
]

model = dict(
    type='MESpotter',
    backbone=dict(type='MTSN'),
    head=dict(type='PeakHead', in_channels=256, separate=True, sigmoid=True, keep_negatives=1.0),
)
work_dir = './work_dirs/mtsn_casme2/{{$MESPOT_FOLD:s15}}'
