# The lite network as it is: the paper's neck and head.
_base_ = '../mespot_lite_synthetic.py'

ablation = dict(
    reference='lite_paper', change='lite as it is: BiFPN, squeeze-and-excitation, CRN with anchors'
)
