# LGSNet (Yu et al. 2023): local and global attention, two branches,
# on the synthetic benchmark.
#   python tools/train.py configs/zoo/lgsnet_synthme.py
_base_ = '../mespot_lite_synthetic.py'

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
