# SOFTNet (Liong et al. 2021) on CAS(ME)^2, one subject left out.
#   MESPOT_FOLD=s15 python tools/train.py configs/zoo/softnet_casme2.py
_base_ = [
    './_base_/patches_casme2.py',
    '../_base_/schedules/adamw_cosine_20e.py',
    '../_base_/default_runtime.py',
]

model = dict(
    type='MESpotter',
    backbone=dict(type='SOFTNet'),
    head=dict(type='PeakHead', in_channels=800, separate=True),
)
work_dir = './work_dirs/softnet_casme2/{{$MESPOT_FOLD:s15}}'
