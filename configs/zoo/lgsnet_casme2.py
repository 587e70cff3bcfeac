# LGSNet (Yu et al. 2023): local and global attention, two branches,
# on CAS(ME)^2, one subject left out.
#   MESPOT_FOLD=s15 python tools/train.py configs/zoo/lgsnet_casme2.py
_base_ = './_base_/lite_casme2.py'

four = (2, 4, 8, 16)
model = dict(
    neck=dict(_delete_=True, type='LocalGlobalPyramid', in_channels=32),
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
work_dir = './work_dirs/lgsnet_casme2/{{$MESPOT_FOLD:s15}}'
