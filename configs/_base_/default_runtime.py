# What every run shares: registration, hooks, evaluation, seeds.
custom_imports = dict(imports=['mmaction_mespot'], allow_failed_imports=False)
default_scope = 'mmaction'

default_hooks = dict(
    runtime_info=dict(type='RuntimeInfoHook'),
    timer=dict(type='IterTimerHook'),
    logger=dict(type='MetricsLoggerHook', interval=10, ignore_last=False),
    param_scheduler=dict(type='ParamSchedulerHook'),
    # The last epoch is the result. MMEngine removes the oldest file before it writes the next: of two, one is
    # always whole.
    checkpoint=dict(type='CheckpointHook', interval=1, max_keep_ckpts=2),
    sampler_seed=dict(type='DistSamplerSeedHook'),
    sync_buffers=dict(type='SyncBuffersHook'),
    visualization=dict(type='SpottingVisualizationHook', enable=False),  # tools/test.py --show-dir
)
custom_hooks = [
    dict(type='EpochSeedHook'),
    dict(type='ThresholdHook'),
    dict(type='FastCpuHook'),
    dict(type='PreparationHook'),
]

# Score thresholds are chosen on the validation part, kept in the checkpoint, and used by the test.
val_evaluator = dict(type='SpottingF1Metric', iou_threshold=0.5, tune_thresholds=True)
test_evaluator = dict(type='SpottingF1Metric', iou_threshold=0.5)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')

# Equal seeds give equal weights on the CPU; 3-D pooling and resizing have no deterministic gradient on a GPU.
randomness = dict(seed=0, deterministic=not __import__('torch').cuda.is_available())
env_cfg = dict(
    cudnn_benchmark=False,
    mp_cfg=dict(mp_start_method='fork', opencv_num_threads=0),
    dist_cfg=dict(backend='nccl'),
)
log_processor = dict(type='LogProcessor', window_size=10, by_epoch=True)
vis_backends = [dict(type='LocalVisBackend')]
visualizer = dict(type='ActionVisualizer', vis_backends=vis_backends)
log_level = 'INFO'
load_from = None
resume = False
