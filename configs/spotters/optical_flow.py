# The optical-flow spotter without training (after OF-FD, He 2021), for tools/spot_flow.py.
spotter = dict(
    min_length_s=0.2,
    max_length_s=4.0,
    length_step=1.2,
    top_regions=2,
    slope_fraction=0.2,
    noise_floor_px=0.02,
    overlap=0.4,
)
post_processing = dict(nms_iou=0.3, cross_class_ioa=0.4)
