# BSN's first network: curves of action, start and end. Its windows go through tools/bsn_proposals.py to
# bsn_pem_synthme.py and tcanet_synthme.py; by itself it spots nothing: validation and test write the curves.
_base_ = [
    './_base_/synthme_windows.py',
    './_base_/adam_4e.py',
    '../_base_/default_runtime.py',
]
model = dict(
    type='TEM',
    temporal_dim=64,
    boundary_ratio=0.1,
    tem_feat_dim=288,
    tem_hidden_dim=128,
    tem_match_threshold=0.5,
    conv3_ratio=1,  # MMAction2 has 0.01: too slow a start for a short schedule
)
val_dataloader = dict(batch_size=16)
test_dataloader = dict(batch_size=16)
work_dir = './work_dirs/bsn_tem_synthme'
val_evaluator = dict(
    _delete_=True,
    type='ANetMetric',
    metric_type='TEM',
    dump_config=dict(out=f'{work_dir}/tem_results', output_format='csv'),
)
test_evaluator = val_evaluator
