# A plain feature pyramid instead of the BiFPN.
_base_ = '../mespot_lite_synthetic.py'

ablation = dict(reference='lite_paper', change='FPN instead of BiFPN')
model = dict(neck=dict(_delete_=True, type='FPN3D', in_channels=(32, 48, 48), out_channels=64))
