# The network with PANet (the paper's figure 2b) as its neck,
# on CAS(ME)^2, one subject left out.
#   MESPOT_FOLD=s15 python tools/train.py configs/zoo/panet_casme2.py
_base_ = '../mespot_casme2.py'

model = dict(
    neck=dict(_delete_=True, type='PANet3D', in_channels=(2 * 512, 2 * 1024, 2 * 2048), out_channels=256)
)
work_dir = './work_dirs/panet_casme2/{{$MESPOT_FOLD:s15}}'
