# The paper's backbone: two-stream Inception-I3D under the neck and head of mespot_i3d_r50.py.
# Weights of Kinetics (tools/convert_i3d.py makes these files from the published ones):
#   --cfg-options model.backbone.init_cfg.type=Pretrained
#     model.backbone.init_cfg.checkpoint.rgb=RGB.pth model.backbone.init_cfg.checkpoint.flow=FLOW.pth
_base_ = './mespot_i3d_r50.py'

inception = dict(type='InceptionI3D')
model = dict(
    data_preprocessor=dict(
        rgb_mean=(127.5, 127.5, 127.5),  # -1 to 1, as the published weights expect
        rgb_std=(127.5, 127.5, 127.5),
        # flow_scale stays 1 px; theirs was 20 px, a hundred times the motion of a micro-expression
    ),
    backbone=dict(_delete_=True, type='TwoStreamBackbone', rgb=inception, flow=inception, fusion='concat'),
    neck=dict(in_channels=(2 * 480, 2 * 832, 2 * 1024)),
)
