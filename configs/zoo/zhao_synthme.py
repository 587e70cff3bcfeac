# OF-FD with weights of the regions and suppression by IoU (Zhao et al. 2022). No training:
#   python tools/test.py configs/zoo/zhao_synthme.py
_base_ = '../spotters/optical_flow.py'

model = dict(_delete_=True, type='ZhaoSpotter', nms_iou=0.29)
