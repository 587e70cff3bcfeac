# MMAction2's BMN on the synthetic benchmark, scored by SpottingF1Metric. A proposal is an ME up to 0.5 s.
_base_ = [
    './_base_/bmn.py',
    './_base_/synthme_windows.py',
    './_base_/adam_4e.py',
    '../_base_/default_runtime.py',
]
