# Two branches as in LSSNet (Yu et al. 2021, the paper's [28]), without its location suppression,
# on CAS(ME)^2, one subject left out.
#   MESPOT_FOLD=s15 python tools/train.py configs/zoo/two_branches_casme2.py
_base_ = './_base_/lite_casme2.py'

four = (2, 4, 8, 16)
model = dict(
    neck=dict(_delete_=True, type='LocalGlobalPyramid', in_channels=32, attention=False),
    head=dict(
        _delete_=True,
        type='TwoBranchHead',
        branches=[
            dict(
                type='AnchorFreeHead',
                in_channels=64,
                channels=96,
                points=dict(type='SegmentPoints', strides=four, range_bounds_s=(0.15, 0.3, 0.6)),
            ),
            dict(
                type='CRNHead',
                in_channels=64,
                channels=96,
                anchors=dict(type='SegmentAnchors', strides=four, scale=4.0),
            ),
        ],
    ),
)
work_dir = './work_dirs/two_branches_casme2/{{$MESPOT_FOLD:s15}}'
