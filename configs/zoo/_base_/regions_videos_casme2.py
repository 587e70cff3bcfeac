# The flow of 14 regions, whole videos in the test, on CAS(ME)^2, one subject left out.
_base_ = './regions_videos_synthme.py'

data_root = '{{$MESPOT_DATA:data/casme2}}'
fold = '{{$MESPOT_FOLD:s15}}'
preparation = dict(crop_size=224, flow_method='tvl1')
windows = dict(type='LongVideoDataset', clip_len=128, target_fps=30, data_root=data_root, fold=fold)
videos = dict(
    type='WholeVideoDataset',
    target_fps=30,
    pipeline={{_base_.test_pipeline}},
    data_root=data_root,
    fold=fold,
)
train_dataloader = dict(
    dataset=dict(_delete_=True, **windows, split='train', pipeline={{_base_.train_pipeline}})
)
val_dataloader = dict(dataset=dict(_delete_=True, **videos, split='val'))
test_dataloader = dict(dataset=dict(_delete_=True, **videos, split='test'))
