# MMAction2's TCANet refines the proposals of tools/bsn_proposals.py (or where MESPOT_PROPOSALS says).
_base_ = [
    './_base_/synthme_windows.py',
    './_base_/adam_4e.py',
    '../_base_/default_runtime.py',
]
proposals = '{{$MESPOT_PROPOSALS:work_dirs/bsn_tem_synthme/pgm}}/proposals'
features = [
    dict(type='LoadStreams', streams=dict(flow='flow_grid'), in_memory=True),
    dict(type='StreamsToFeature'),
    dict(type='GenerateLocalizationLabels'),
]
train_pipeline = [
    *features,
    dict(type='LoadWindowProposals', proposals_dir=proposals, top_k=32, match=True),
    {{_base_.pack}},
]
test_pipeline = [
    *features,
    dict(type='LoadWindowProposals', proposals_dir=proposals, top_k=32),
    {{_base_.pack}},
]
model = dict(
    type='ScoredTCANet',
    feat_dim=288,
    se_sample_num=16,
    action_sample_num=32,
    temporal_dim=64,
    window_size=9,
    lgte_num=2,
    soft_nms_alpha=0.4,
    soft_nms_low_threshold=0.0,
    soft_nms_high_threshold=0.0,
    post_process_top_k=100,
    feature_extraction_interval=1,
)
sliding = dict(
    type='PseudoVideoDataset', clip_len=64, target_fps=15, stride=32, test_mode=True, pipeline=test_pipeline
)
data_root = '{{$MESPOT_DATA:data/synthme}}'
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = dict(
    dataset=dict(
        datasets=[
            dict(**sliding, data_root=f'{data_root}/normal', split='test'),
            dict(**sliding, data_root=f'{data_root}/hard', split='test'),
            dict(**sliding, data_root=f'{data_root}/shift', split='test'),
        ]
    )
)
