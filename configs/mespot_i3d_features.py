# The paper's neck and head on frozen two-stream I3D-R50 features of CAS(ME)^2, pooled to 3 x 3 cells. First:
#   python tools/extract_features.py configs/mespot_casme2.py CHECKPOINT \
#       --data data/casme2 --out data/casme2/features_i3d --grid 3 --half
# CHECKPOINT: a trained network, or the zoo's RGB I3D-R50 for both streams. One fold: MESPOT_FOLD=s16.
_base_ = './mespot_casme2.py'

model = dict(_delete_=True, type='MESpotFeature', neck={{_base_.model.neck}}, head={{_base_.model.head}})
pipeline = [
    dict(type='LoadFeatures', folder='features_i3d', streams=('rgb', 'flow'), fusion='concat'),
    dict(type='PackFeatureInputs'),
]
on_features = dict(align=8, pipeline=pipeline)  # windows start on the grid of the coarsest level
train_dataloader = dict(batch_size=32, dataset=on_features)
val_dataloader = dict(batch_size=8, dataset=on_features)
test_dataloader = dict(batch_size=8, dataset=on_features)
optim_wrapper = dict(accumulative_counts=1)
work_dir = './work_dirs/mespot_i3d_features/{{$MESPOT_FOLD:s15}}'
