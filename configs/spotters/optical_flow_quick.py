# The optical-flow spotter on the small synthetic set of the quick start.
_base_ = './optical_flow.py'

data_root = '{{$MESPOT_DATA:data/synthme_quick}}/normal'
videos = dict(type='WholeVideoDataset', pipeline={{_base_.pipeline}}, data_root=data_root)
val_dataloader = dict(dataset=dict(_delete_=True, **videos, split='val'))
test_dataloader = dict(dataset=dict(_delete_=True, **videos, split='test'))
