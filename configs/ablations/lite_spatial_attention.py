# Attention over places instead of channels.
_base_ = '../mespot_lite_synthetic.py'

ablation = dict(reference='lite_paper', change='spatial attention instead of squeeze-and-excitation')
model = dict(neck=dict(attention='spatial'))
