# The quick start's network with late fusion, as in mespot_lite_synthetic_fusion.py; run the spotter first:
#   python tools/test.py configs/spotters/optical_flow_quick.py --cfg-options \
#       val_evaluator.dump_path=work_dirs/optical_flow_quick/val.json \
#       test_evaluator.dump_path=work_dirs/optical_flow_quick/flow.json
#   python tools/test.py configs/mespot_lite_synthetic_quick_fusion.py work_dirs/quickstart_quick/final.pth
# MESPOT_SPOTTER names another folder of the two dumps.
_base_ = './mespot_lite_synthetic_quick.py'

spotter = '{{$MESPOT_SPOTTER:work_dirs/optical_flow_quick}}'
fusion = dict(weight=0.4, min_iou=0.5)
val_evaluator = dict(post_processing=dict(fusion=dict(**fusion, dump=f'{spotter}/val.json')))
test_evaluator = dict(post_processing=dict(fusion=dict(**fusion, dump=f'{spotter}/flow.json')))
# The checkpoint's thresholds belong to the network's own scores.
tune_before_test = True
