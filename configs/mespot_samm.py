# The paper's settings on SAMM Long Videos (every 7th of its 200 frames per second): two-stream I3D-R50
# on RGB and TV-L1 flow, Adam 1e-4, batch 32, 30 epochs, T_eval 0.5 (sections III and IV).
# One fold: MESPOT_FOLD=006 python tools/train.py configs/mespot_samm.py
_base_ = [
    './_base_/models/mespot_i3d_r50.py',
    './_base_/datasets/samm.py',
    './_base_/schedules/adam_30e.py',
    './_base_/default_runtime.py',
]

optim_wrapper = dict(accumulative_counts=16)  # 16 batches of 2 windows: the paper's batch of 32 on one GPU
work_dir = './work_dirs/mespot_samm/{{$MESPOT_FOLD:006}}'
