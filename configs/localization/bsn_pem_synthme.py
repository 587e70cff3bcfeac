# BSN's second network: the quality of each proposal. The proposals come from tools/bsn_proposals.py; another
# place of theirs: MESPOT_PROPOSALS.
_base_ = [
    './_base_/synthme_windows.py',
    './_base_/adam_4e.py',
    '../_base_/default_runtime.py',
]
proposals = '{{$MESPOT_PROPOSALS:work_dirs/bsn_tem_synthme/pgm}}'
pipeline = [
    dict(
        type='LoadProposals',
        top_k=100,
        pgm_proposals_dir=f'{proposals}/proposals',
        pgm_features_dir=f'{proposals}/features',
    ),
    {{_base_.pack}},
]
model = dict(
    type='PEM',
    pem_feat_dim=32,
    pem_hidden_dim=256,
    pem_u_ratio_m=1,
    pem_u_ratio_l=2,
    pem_high_temporal_iou_threshold=0.6,
    pem_low_temporal_iou_threshold=0.2,
    fc1_ratio=1,  # MMAction2 has 0.1 twice: too slow a start for a short schedule
    fc2_ratio=1,
    soft_nms_alpha=0.75,
    soft_nms_low_threshold=0.65,
    soft_nms_high_threshold=0.9,
    post_process_top_k=100,
    feature_extraction_interval=1,
)
sliding = dict(
    type='PseudoVideoDataset', clip_len=64, target_fps=15, stride=32, test_mode=True, pipeline=pipeline
)
data_root = '{{$MESPOT_DATA:data/synthme}}'
train_dataloader = dict(batch_size=16, dataset=dict(pipeline=pipeline))
val_dataloader = dict(dataset=dict(pipeline=pipeline))
test_dataloader = dict(
    dataset=dict(
        datasets=[
            dict(**sliding, data_root=f'{data_root}/normal', split='test'),
            dict(**sliding, data_root=f'{data_root}/hard', split='test'),
            dict(**sliding, data_root=f'{data_root}/shift', split='test'),
        ]
    )
)
