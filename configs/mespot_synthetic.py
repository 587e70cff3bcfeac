# The paper's design (two-stream I3D) in a slim form on the synthetic benchmark; for the CPU.
_base_ = [
    './_base_/models/mespot_i3d_slim.py',
    './_base_/datasets/synthme_two_stream.py',
    './_base_/schedules/adamw_cosine_30e.py',
    './_base_/default_runtime.py',
]
