# TriDet (Shi et al. 2023): granularity pyramid and Trident head,
# on CAS(ME)^2, one subject left out.
#   MESPOT_FOLD=s15 python tools/train.py configs/zoo/tridet_casme2.py
_base_ = './_base_/lite_casme2.py'

model = dict(
    neck=dict(_delete_=True, type='SequencePyramid', in_channels=32, layer='granularity'),
    head=dict(_delete_=True, type='TridentHead', in_channels=64, channels=96),
)
work_dir = './work_dirs/tridet_casme2/{{$MESPOT_FOLD:s15}}'
