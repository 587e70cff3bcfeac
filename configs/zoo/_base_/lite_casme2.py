# The lite network (flow on a 12 x 12 grid) on CAS(ME)^2, one subject left out.
_base_ = '../../mespot_lite_synthetic.py'

data_root = '{{$MESPOT_DATA:data/casme2}}'
fold = '{{$MESPOT_FOLD:s15}}'
preparation = dict(crop_size=224, flow_method='tvl1')
windows = dict(type='LongVideoDataset', clip_len=128, target_fps=30, data_root=data_root, fold=fold)
sliding = dict(**windows, stride=64, context=8, align=8, test_mode=True, pipeline={{_base_.test_pipeline}})
train_dataloader = dict(
    dataset=dict(_delete_=True, **windows, split='train', pipeline={{_base_.train_pipeline}})
)
val_dataloader = dict(dataset=dict(_delete_=True, **sliding, split='val'))
test_dataloader = dict(dataset=dict(_delete_=True, **sliding, split='test'))
