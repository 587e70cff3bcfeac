# CAS(ME)^3 part A (30 fps), in windows and folds as CAS(ME)^2.
_base_ = ['./casme2.py']
data_root = '{{$MESPOT_DATA:data/casme3}}'
fold = '{{$MESPOT_FOLD:spNO.1}}'
windows = dict(data_root=data_root, fold=fold)
train_dataloader = dict(dataset=windows)
val_dataloader = dict(dataset=windows)
test_dataloader = dict(dataset=windows)
