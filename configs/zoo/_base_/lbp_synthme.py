# Whole videos as histograms of their pictures, on the synthetic benchmark.
_base_ = '../../spotters/optical_flow.py'

data_root = '{{$MESPOT_DATA:data/synthme}}'
pipeline = [dict(type='LoadVideoHistograms', descriptor='lbp'), dict(type='PackVideoFlow')]
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
