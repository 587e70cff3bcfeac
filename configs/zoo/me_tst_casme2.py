# ME-TST (Zou et al. 2024) on CAS(ME)^2, one subject left out.
#   MESPOT_FOLD=s15 python tools/train.py configs/zoo/me_tst_casme2.py
_base_ = [
    './_base_/regions_videos_casme2.py',
    '../_base_/schedules/adamw_cosine_20e.py',
    '../_base_/default_runtime.py',
]

model = dict(
    type='MESpotter',
    backbone=dict(type='METST', depth=12, state=64),
    head=dict(type='PeakHead', in_channels=64, sigmoid=True, entropy_weight=0.1, keep_negatives=1.0),
)
work_dir = './work_dirs/me_tst_casme2/{{$MESPOT_FOLD:s15}}'
