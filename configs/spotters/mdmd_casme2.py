# The spotter of mdmd.py on CAS(ME)^2, one subject left out; thresholds from every 6th other:
#   MESPOT_FOLD=s15 python tools/test.py configs/spotters/mdmd_casme2.py
_base_ = './mdmd.py'

data_root = '{{$MESPOT_DATA:data/casme2}}'
fold = '{{$MESPOT_FOLD:s15}}'
videos = dict(type='WholeVideoDataset', pipeline={{_base_.pipeline}}, data_root=data_root, fold=fold)
val_dataloader = dict(dataset=dict(_delete_=True, **videos, split='val'))
test_dataloader = dict(dataset=dict(_delete_=True, **videos, split='test'))
work_dir = './work_dirs/mdmd_casme2/{{$MESPOT_FOLD:s15}}'
