# The schedule of MMAction2's localizers (Adam, 1e-3, a tenth of it for the last third), shortened.
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='Adam', lr=1e-3, weight_decay=1e-4),
    clip_grad=dict(max_norm=40, norm_type=2),
)
param_scheduler = [dict(type='MultiStepLR', begin=0, end=4, by_epoch=True, milestones=[3], gamma=0.1)]
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=4, val_interval=4)
auto_scale_lr = dict(enable=False, base_batch_size=8)
