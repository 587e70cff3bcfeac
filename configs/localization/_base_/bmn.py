# MMAction2's BMN with one bin per position, narrowed for the CPU (MMAction2: 100 bins, widths 256, 128, 512).
model = dict(
    type='BMN',
    temporal_dim=64,
    boundary_ratio=0.5,
    num_samples=8,
    num_samples_per_bin=3,
    feat_dim=288,
    hidden_dim_1d=64,
    hidden_dim_2d=32,
    hidden_dim_3d=128,
    soft_nms_alpha=0.4,
    soft_nms_low_threshold=0.5,
    soft_nms_high_threshold=0.9,
    post_process_top_k=100,
    feature_extraction_interval=1,
)
