# The spotter by the main directional maximal difference (baseline of MEGC 2020) on the synthetic benchmark.
#   python tools/test.py configs/spotters/mdmd.py
_base_ = './optical_flow.py'

data_root = '{{$MESPOT_DATA:data/synthme}}'
pipeline = [dict(type='LoadVideoFlow', stream='flow_grid'), dict(type='PackVideoFlow')]
videos = dict(type='WholeVideoDataset', pipeline=pipeline)
val_dataloader = dict(
    dataset=dict(_delete_=True, **videos, data_root=f'{data_root}/normal', split='val'),
)
test_dataloader = dict(
    dataset=dict(
        datasets=[
            dict(**videos, data_root=f'{data_root}/normal', split='test'),
            dict(**videos, data_root=f'{data_root}/hard', split='test'),
            dict(**videos, data_root=f'{data_root}/shift', split='test'),
        ],
    ),
)
model = dict(
    _delete_=True,
    type='MDMDSpotter',
    step_s=(1.0, 0.33),
    level=0.0,
    block_cells=2,
    min_length_s=0.2,
    max_length_s=4.0,
)
