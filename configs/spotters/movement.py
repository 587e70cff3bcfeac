# The default spotter of tools/spot.py on the synthetic benchmark. No training, no checkpoint:
#   python tools/prepare.py ... --for configs/spotters/movement.py
#   python tools/test.py configs/spotters/movement.py
# Its own thresholds hold; --cfg-options model.thresholds=None lets the validation people choose.
_base_ = './optical_flow.py'

preparation = dict(crop_size=112, flow_method='tvl1-fast')  # what its scorer was trained on
data_root = '{{$MESPOT_DATA:data/synthme}}'
pipeline = [dict(type='LoadVideoMovement'), dict(type='PackVideoFlow')]
videos = dict(type='WholeVideoDataset', pipeline=pipeline)
val_dataloader = dict(dataset=dict(_delete_=True, **videos, data_root=f'{data_root}/normal', split='val'))
test_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='ConcatDataset',
        datasets=[
            dict(**videos, data_root=f'{data_root}/normal', split='test'),
            dict(**videos, data_root=f'{data_root}/hard', split='test'),
            dict(**videos, data_root=f'{data_root}/shift', split='test'),
        ],
    ),
)
model = dict(_delete_=True, type='CandidateMovementSpotter', thresholds=(0.28, 0.36))
