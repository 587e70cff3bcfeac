# The lite network with late fusion: its candidates are scored together with those of the flow spotter.
# Run the spotter first, on the same data; then test any checkpoint of mespot_lite_synthetic.py:
#   python tools/test.py configs/spotters/optical_flow.py --cfg-options \
#       val_evaluator.dump_path=work_dirs/optical_flow/val.json \
#       test_evaluator.dump_path=work_dirs/optical_flow/test.json
#   python tools/test.py configs/mespot_lite_synthetic_fusion.py work_dirs/mespot_lite_synthetic/final.pth
# MESPOT_SPOTTER names another folder of the two dumps.
_base_ = './mespot_lite_synthetic.py'

spotter = '{{$MESPOT_SPOTTER:work_dirs/optical_flow}}'
# Chosen on the validation people.
fusion = dict(weight=0.4, min_iou=0.5)
val_evaluator = dict(post_processing=dict(fusion=dict(**fusion, dump=f'{spotter}/val.json')))
test_evaluator = dict(post_processing=dict(fusion=dict(**fusion, dump=f'{spotter}/test.json')))
# The checkpoint's thresholds belong to the network's own scores.
tune_before_test = True
