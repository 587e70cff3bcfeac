# OF-FD with weights of the regions and suppression by IoU (Zhao et al. 2022). No training:
#   MESPOT_FOLD=s15 python tools/test.py configs/zoo/zhao_casme2.py
_base_ = '../spotters/optical_flow_casme2.py'

model = dict(_delete_=True, type='ZhaoSpotter', nms_iou=0.29)
work_dir = './work_dirs/zhao_casme2/{{$MESPOT_FOLD:s15}}'
