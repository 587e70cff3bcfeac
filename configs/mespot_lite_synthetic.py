# The lite network (flow on a 12 x 12 grid) on the synthetic benchmark; for the CPU.
_base_ = [
    './_base_/models/mespot_lite.py',
    './_base_/datasets/synthme_flow_grid.py',
    './_base_/schedules/adamw_cosine_20e.py',
    './_base_/default_runtime.py',
]
