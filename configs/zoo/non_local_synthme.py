# Non-local blocks (Wang et al. 2018, the paper's [19]) in the backbone,
# on the synthetic benchmark.
#   python tools/train.py configs/zoo/non_local_synthme.py
_base_ = '../mespot_synthetic.py'

non_local = dict(
    non_local=((0,), (1,), (1,), (0,)),
    non_local_cfg=dict(
        sub_sample=True, use_scale=False, norm_cfg=dict(type='BN3d'), mode='embedded_gaussian'
    ),
)
model = dict(backbone=dict(rgb=non_local, flow=non_local))
