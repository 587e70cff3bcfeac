# 4DME (60 fps): every 2nd frame.
_base_ = ['./casme2.py']
data_root = '{{$MESPOT_DATA:data/fourdme}}'
fold = '{{$MESPOT_FOLD:01}}'
windows = dict(data_root=data_root, fold=fold, frame_interval=2)
train_dataloader = dict(dataset=windows)
val_dataloader = dict(dataset=windows)
test_dataloader = dict(dataset=windows)
