# Non-local blocks (Wang et al. 2018, the paper's [19]) in the backbone,
# on CAS(ME)^2, one subject left out.
#   MESPOT_FOLD=s15 python tools/train.py configs/zoo/non_local_casme2.py
_base_ = '../mespot_casme2.py'

non_local = dict(
    non_local=((0, 0, 0), (1, 0, 1, 0), (1, 0, 1, 0, 1, 0), (0, 0, 0)),
    non_local_cfg=dict(
        sub_sample=True, use_scale=False, norm_cfg=dict(type='BN3d'), mode='embedded_gaussian'
    ),
)
model = dict(backbone=dict(rgb=non_local, flow=non_local))
work_dir = './work_dirs/non_local_casme2/{{$MESPOT_FOLD:s15}}'
