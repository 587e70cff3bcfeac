# The spotter of mdmd.py on SAMM Long Videos, one subject left out; thresholds from every 6th other:
#   MESPOT_FOLD=006 python tools/test.py configs/spotters/mdmd_samm.py
_base_ = './mdmd.py'

data_root = '{{$MESPOT_DATA:data/samm}}'
fold = '{{$MESPOT_FOLD:006}}'
videos = dict(type='WholeVideoDataset', pipeline={{_base_.pipeline}}, data_root=data_root, fold=fold)
val_dataloader = dict(dataset=dict(_delete_=True, **videos, split='val'))
test_dataloader = dict(dataset=dict(_delete_=True, **videos, split='test'))
work_dir = './work_dirs/mdmd_samm/{{$MESPOT_FOLD:006}}'
