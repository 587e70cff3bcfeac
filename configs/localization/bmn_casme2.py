# MMAction2's BMN on CAS(ME)^2, one subject left out: every 2nd frame, 64 positions (4.27 s).
#   MESPOT_FOLD=s16 python tools/train.py configs/localization/bmn_casme2.py
_base_ = './bmn_synthme.py'

data_root = '{{$MESPOT_DATA:data/casme2}}'
fold = '{{$MESPOT_FOLD:s15}}'
windows = dict(type='PseudoVideoDataset', data_root=data_root, fold=fold, clip_len=64, frame_interval=2)
sliding = dict(**windows, stride=32, test_mode=True, pipeline={{_base_.test_pipeline}})
train_dataloader = dict(
    dataset=dict(_delete_=True, **windows, split='train', stride=16, pipeline={{_base_.train_pipeline}})
)
val_dataloader = dict(dataset=dict(_delete_=True, **sliding, split='val'))
test_dataloader = dict(dataset=dict(_delete_=True, **sliding, split='test'))
work_dir = './work_dirs/bmn_casme2/{{$MESPOT_FOLD:s15}}'
