# The paper's settings on CAS(ME)^2 with X3D-M as the backbone.
_base_ = [
    './_base_/models/mespot_x3d.py',
    './_base_/datasets/casme2.py',
    './_base_/schedules/adam_30e.py',
    './_base_/default_runtime.py',
]

optim_wrapper = dict(accumulative_counts=16)  # 16 batches of 2 windows: the paper's batch of 32 on one GPU
work_dir = './work_dirs/mespot_casme2_x3d/{{$MESPOT_FOLD:s15}}'
