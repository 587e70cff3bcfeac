# ActionFormer (Zhang et al. 2022): transformer pyramid and anchor-free head,
# on CAS(ME)^2, one subject left out.
#   MESPOT_FOLD=s15 python tools/train.py configs/zoo/actionformer_casme2.py
_base_ = './_base_/lite_casme2.py'

model = dict(
    neck=dict(_delete_=True, type='SequencePyramid', in_channels=32, layer='attention'),
    head=dict(_delete_=True, type='AnchorFreeHead', in_channels=64, channels=96),
)
work_dir = './work_dirs/actionformer_casme2/{{$MESPOT_FOLD:s15}}'
