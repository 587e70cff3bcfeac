# The lite network on the small synthetic set of the quick start: about 90 s of training on one core.
_base_ = './mespot_lite_synthetic.py'

data_root = '{{$MESPOT_DATA:data/synthme_quick}}/normal'
preparation = dict(flow_method='dis')
train_dataloader = dict(dataset=dict(data_root=data_root, windows_per_epoch=480))
val_dataloader = dict(dataset=dict(data_root=data_root))
test_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='LongVideoDataset',
        clip_len=128,
        target_fps=30,
        stride=64,
        context=8,
        align=8,
        test_mode=True,
        pipeline={{_base_.test_pipeline}},
        data_root=data_root,
        split='test',
    ),
)
param_scheduler = [
    dict(type='LinearLR', start_factor=0.05, by_epoch=True, begin=0, end=1, convert_to_iter_based=True),
    dict(type='CosineAnnealingLR', eta_min=0, by_epoch=True, begin=1, end=12, convert_to_iter_based=True),
]
train_cfg = dict(max_epochs=12, val_interval=6)
