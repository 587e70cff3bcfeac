# The network with PANet (the paper's figure 2b) as its neck,
# on the synthetic benchmark.
#   python tools/train.py configs/zoo/panet_synthme.py
_base_ = '../mespot_lite_synthetic.py'

model = dict(neck=dict(_delete_=True, type='PANet3D', in_channels=(32, 48, 48), out_channels=64))
