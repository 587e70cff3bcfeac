# The anchor-free head instead of the CRN.
_base_ = '../mespot_lite_synthetic.py'

ablation = dict(reference='lite_paper', change='anchor-free head instead of the CRN')
model = dict(head=dict(_delete_=True, type='AnchorFreeHead', in_channels=64, channels=96))
