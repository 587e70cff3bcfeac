# The paper's schedule (section IV-B): Adam, learning rate 1e-4, 30 epochs.
optim_wrapper = dict(type='OptimWrapper', optimizer=dict(type='Adam', lr=1e-4))
param_scheduler = []
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=30, val_interval=5)
auto_scale_lr = dict(enable=False, base_batch_size=32)
