# SAMM Long Videos (200 fps): every 7th frame, as SpotFormer, ME-TST and OF-FD take it: a window of 128
# positions spans 4.5 s. Ground truth and results stay at 200 fps: positions are mapped back to frames.
_base_ = ['./casme2.py']
data_root = '{{$MESPOT_DATA:data/samm}}'
fold = '{{$MESPOT_FOLD:006}}'
windows = dict(data_root=data_root, fold=fold, frame_interval=7)
train_dataloader = dict(dataset=windows)
val_dataloader = dict(dataset=windows)
test_dataloader = dict(dataset=windows)
