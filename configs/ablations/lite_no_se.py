# The BiFPN without attention.
_base_ = '../mespot_lite_synthetic.py'

ablation = dict(reference='lite_paper', change='no squeeze-and-excitation')
model = dict(neck=dict(attention='none'))
