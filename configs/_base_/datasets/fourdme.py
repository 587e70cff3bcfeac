# 4DME (60 fps): every 2nd frame.
_base_ = ['./casme2.py']
windows = dict(data_root='{{$MESPOT_DATA:data/fourdme}}', fold='{{$MESPOT_FOLD:01}}', frame_interval=2)
train_dataloader = dict(dataset=windows)
val_dataloader = dict(dataset=windows)
test_dataloader = dict(dataset=windows)
