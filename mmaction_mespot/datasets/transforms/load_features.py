"""Reading of a window's stored features."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform

from mmaction_mespot.datasets.feature_store import FeatureReader
from mmaction_mespot.errors import MESpotError


@TRANSFORMS.register_module()
class LoadFeatures(BaseTransform):
    """Cut a window out of the levels that ``tools/extract_features.py`` stored.

    Required keys: ``store_root, video_id, total_frames, clip_len, frame_interval``, and ``window_position``,
    which ``LongVideoDataset(align=...)`` gives. Added key: ``levels``, a list of (C, T_l, H, W) float32,
    fine to coarse.

    Args:
        folder: Folder of the features: a name below the prepared data set, or an absolute path.
        streams: Streams to take, such as ``('rgb', 'flow')``. Defaults to None, all in the file, which are
            then taken in the order rgb, flow.
        fusion: ``'concat'`` joins the channels of a level, ``'sum'`` adds them, as ``TwoStreamBackbone``
            does. Defaults to ``'concat'``.
        in_memory: Keep each video after its first reading. Defaults to False.

    Raises:
        MESpotError: If the fusion is unknown.
    """

    def __init__(
        self,
        folder: str,
        streams: Sequence[str] | None = None,
        fusion: str = 'concat',
        in_memory: bool = False,
    ) -> None:
        if fusion not in ('concat', 'sum'):
            raise MESpotError(f"LoadFeatures: fusion must be 'concat' or 'sum', found {fusion!r}")
        self.folder = folder
        self.streams = None if streams is None else tuple(streams)
        self.fusion = fusion
        self.in_memory = in_memory
        self._readers: dict[Path, FeatureReader] = {}
        self._videos: dict[Path, list[np.ndarray]] = {}

    def check_files(self, store_root: Path, video_ids: Sequence[str]) -> None:
        """Check that every video has its features.

        Raises:
            FileNotFoundError: Naming the videos and the command that makes them.
        """
        folder = Path(store_root) / self.folder
        missing = [video for video in video_ids if not (folder / f'{video}.h5').is_file()]
        if missing:
            listed = ', '.join(missing[:5]) + (', ...' if len(missing) > 5 else '')
            raise FileNotFoundError(
                f'{folder}: {len(missing)} of {len(video_ids)} videos lack their features ({listed}); '
                f'`python tools/extract_features.py CONFIG CHECKPOINT --data {store_root} --out {folder}` '
                'makes them'
            )

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Read the window.

        Raises:
            MESpotError: If windows are not aligned, or the features were taken at another rate.
        """
        if 'window_position' not in results:
            raise MESpotError(
                'LoadFeatures: features are cut on their own grid: give LongVideoDataset `align`, the '
                'coarsest stride of the backbone'
            )
        path = Path(results['store_root']) / self.folder / f'{results["video_id"]}.h5'
        reader = self._readers.get(path)
        if reader is None:
            reader = self._readers[path] = FeatureReader(path)
            _check(reader, results)
        position, length = results['window_position'], results['clip_len']
        if self.in_memory:
            if path not in self._videos:
                self._videos[path] = self._read(reader, 0, None)
            levels = [
                level[:, position // s : (position + length) // s]
                for level, s in zip(self._videos[path], reader.strides, strict=True)
            ]
        else:
            levels = self._read(reader, position, length)
        return dict(results, levels=levels)

    def _read(self, reader: FeatureReader, position: int, length: int | None) -> list[np.ndarray]:
        """Read and fuse the streams; levels (C, T_l, H, W)."""
        streams = self.streams or sorted(reader.streams, reverse=True)
        parts = zip(*(reader.read(stream, position, length) for stream in streams), strict=True)
        join = np.concatenate if self.fusion == 'concat' else _add
        return [np.ascontiguousarray(join(level, axis=1).swapaxes(0, 1)) for level in parts]

    def __getstate__(self) -> dict[str, Any]:
        """Leave cached videos behind: each process has its own."""
        return {**self.__dict__, '_readers': {}, '_videos': {}}

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(folder={self.folder!r}, streams={self.streams}, fusion={self.fusion!r}, '
            f'in_memory={self.in_memory})'
        )


def _add(parts: Sequence[np.ndarray], axis: int) -> np.ndarray:
    """Sum of the streams; the axis of the channels stays."""
    return np.sum(parts, axis=0)


def _check(reader: FeatureReader, results: dict[str, Any]) -> None:
    for key in ('total_frames', 'frame_interval'):
        found, expected = float(reader.attrs[key]), float(results[key])
        if abs(found - expected) > 1e-6:
            raise MESpotError(
                f'{reader.path}: {key} {found:g}, expected {expected:g}; the features are of another '
                'sampling (features take no interval_jitter)'
            )
