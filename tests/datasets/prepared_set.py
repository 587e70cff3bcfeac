"""Writes a small prepared data set with made-up streams."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from mmaction_mespot.preprocessing.faces.shape import SHAPE_POINTS
from mmaction_mespot.preprocessing.store.store_writer import StreamWriter

# video_id: subject, frames, fps, [(start, end, label)]
VIDEOS: dict[str, tuple[str, int, float, list[tuple[int, int, int]]]] = {
    's01_0101': ('s01', 300, 30.0, [(100, 140, 0), (150, 162, 1)]),
    's01_0102': ('s01', 200, 30.0, []),
    's02_0101': ('s02', 240, 60.0, [(20, 100, 0), (120, 144, 1)]),
    's03_0101': ('s03', 90, 30.0, [(10, 40, 0), (50, 60, 1)]),
}
SPLITS = {'train': ['s01'], 'val': ['s02'], 'test': ['s03']}
REST = np.array([0.5, -0.25], np.float32)
CROP = 112
"""Side of the crops that regions and shapes lie in."""


def write_prepared(
    root: Path,
    size: int = 16,
    streams: tuple[str, ...] = ('rgb', 'flow', 'flow_grid'),
    part: str | None = 'normal',
    videos: dict[str, tuple[str, int, float, list[tuple[int, int, int]]]] | None = None,
) -> Path:
    """Write annotations and streams; gives the root.

    Flow of frame i is (i / 32, row) + `REST`, with `REST` as the motion at rest; a picture's colour is its
    number.
    """
    root.mkdir(parents=True)
    data_list = []
    for video_id, (subject, total, fps, events) in (VIDEOS if videos is None else videos).items():
        data_list.append(
            dict(
                video_id=video_id,
                subject=subject,
                frame_dir=f'rawpic/{video_id}',
                filename_tmpl='img{:03d}.jpg',
                start_index=1,
                total_frames=total,
                fps=fps,
                size=[64, 48],
                instances=[dict(segment=[start, end], label=label) for start, end, label in events],
            )
        )
        for stream in streams:
            _write_stream(root / stream / f'{video_id}.h5', stream, total, size)
    metainfo = dict(dataset='own', classes=['MaE', 'ME'], part=part, splits=SPLITS, source_root=str(root))
    (root / 'annotations.json').write_text(json.dumps(dict(metainfo=metainfo, data_list=data_list)))
    return root


def _write_stream(path: Path, stream: str, total: int, size: int) -> None:
    own_shapes = dict(rgb=(size, size, 3), flow_grid=(12, 12, 2), flow_roi=(14, 2), flow_patch=(42, 42, 2))
    own_shapes['face_shape'] = (len(SHAPE_POINTS), 3)
    shape = own_shapes.get(stream, (size, size, 2))
    if stream == 'face_shape':
        still = np.random.default_rng(0).uniform(0.1, 0.9, shape) * CROP
        with StreamWriter(path, stream, shape, dict(crop_size=CROP)) as writer:
            writer.append(np.repeat(still[None], total, axis=0).astype(np.float32))
        return
    attrs = dict(gap=4, crop_size=CROP) if stream == 'flow_roi' else dict(gap=4)
    with StreamWriter(path, stream, shape, attrs) as writer:
        for i in range(total):
            if stream == 'rgb':
                writer.append(np.full(shape, i % 256, np.uint8))
                continue
            flow = np.empty(shape, np.float32)
            flow[..., 0] = i / 32
            flow[..., 1] = np.arange(len(flow)).reshape(-1, *(1,) * (len(shape) - 2))
            writer.append(flow + REST, head_motion=REST)
