from __future__ import annotations

from pathlib import Path
from typing import Any

from mmaction_mespot.preprocessing.disk_use import DiskUse, disk_use, format_bytes
from mmaction_mespot.preprocessing.store.manifest import Manifest


def test_bytes_a_minute_of_the_finished_videos(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path)
    for name, size in (('a', 3_000_000), ('b', 1_000_000)):
        files = {f'rgb/{name}.h5': {'bytes': size}, f'faces/{name}.h5': {'bytes': 10_000}}
        manifest.videos[name] = {'files': files}
    videos: list[dict[str, Any]] = [
        dict(video_id='a', total_frames=3600, fps=30.0),  # 2 minutes
        dict(video_id='b', total_frames=6000, fps=200.0),  # half a minute
        dict(video_id='c', total_frames=6000, fps=200.0),  # not finished
    ]
    use = disk_use(manifest, videos)
    assert use == DiskUse({'rgb': 4_000_000, 'faces': 20_000}, 2.5)
    assert str(use) == 'disk space per minute of video: faces 8.0 KB, rgb 1.6 MB; 4.0 MB for 2.5 minutes'


def test_units() -> None:
    texts = [format_bytes(count) for count in (0, 999, 1234, 99_600, 13_100_000, 2.5e9, 3e12)]
    assert texts == ['0 B', '999 B', '1.2 KB', '100 KB', '13.1 MB', '2.5 GB', '3.0 TB']
