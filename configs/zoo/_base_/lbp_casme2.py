# Whole videos as histograms of their pictures, on CAS(ME)^2, one subject left out.
_base_ = './lbp_synthme.py'

data_root = '{{$MESPOT_DATA:data/casme2}}'
fold = '{{$MESPOT_FOLD:s15}}'
videos = dict(type='WholeVideoDataset', pipeline={{_base_.pipeline}}, data_root=data_root, fold=fold)
val_dataloader = dict(dataset=dict(_delete_=True, **videos, split='val'))
test_dataloader = dict(dataset=dict(_delete_=True, **videos, split='test'))
