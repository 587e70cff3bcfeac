# SMIC-E-long (ME only): 30 positions per second, whether the camera gave 100 (HS) or 25 (VIS, NIR) frames.
_base_ = ['./casme2.py']
data_root = '{{$MESPOT_DATA:data/smic}}'
fold = '{{$MESPOT_FOLD:s01}}'
windows = dict(
    data_root=data_root,
    fold=fold,
    frame_interval=None,
    target_fps=30,
)
train_dataloader = dict(dataset=windows)
val_dataloader = dict(dataset=windows)
test_dataloader = dict(dataset=windows)
