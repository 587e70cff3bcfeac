"""Reading of a window's frames, or a whole video's flow, from the store."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.store.store_reader import StreamReader

_OPEN_READERS = 64


@TRANSFORMS.register_module()
class LoadStreams(BaseTransform):
    """Read the streams of a window.

    Required keys: ``store_root, video_id, total_frames, frame_inds`` (T,). Added keys, one per stream:
    ``rgb`` (T, H, W, 3) uint8 or ``flow`` (T, H, W, 2) float32 in pixels of the crop.

    Args:
        streams: Folder of the store by the stream's key, such as ``dict(flow='flow_grid')``.
        remove_head_motion: Subtract the head motion from the flow. Defaults to True.
        in_memory: Keep each video after its first reading, one copy per process: for streams as small as
            ``flow_grid`` (0.6 KB per frame), where opening files would take longer than training. Defaults to
            False.
    """

    def __init__(
        self, streams: Mapping[str, str], remove_head_motion: bool = True, in_memory: bool = False
    ) -> None:
        unknown = [key for key in streams if key not in ('rgb', 'flow')]
        if unknown or not streams:
            raise MESpotError(
                f"LoadStreams: streams needs the keys 'rgb', 'flow' or both, found {list(streams)}"
            )
        self.streams = dict(streams)
        self.remove_head_motion = remove_head_motion
        self.in_memory = in_memory
        self._readers: OrderedDict[Path, StreamReader] = OrderedDict()
        self._videos: dict[Path, tuple[np.ndarray, np.ndarray | None]] = {}

    def check_files(self, store_root: Path, video_ids: Sequence[str]) -> None:
        """Check that every video has its streams.

        Raises:
            FileNotFoundError: Naming the streams and videos, and the command that makes them.
        """
        for stream in self.streams.values():
            missing = [video for video in video_ids if not (store_root / stream / f'{video}.h5').is_file()]
            if missing:
                listed = ', '.join(missing[:5]) + (', ...' if len(missing) > 5 else '')
                raise FileNotFoundError(
                    f'{store_root / stream}: {len(missing)} of {len(video_ids)} videos lack this stream '
                    f'({listed}); '
                    f'`python tools/prepare.py ... --out {store_root} --streams {stream}` makes it'
                )

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Read the window."""
        for key, stream in self.streams.items():
            path = Path(results['store_root']) / stream / f'{results["video_id"]}.h5'
            read = self._from_memory if self.in_memory else self._from_file
            results[key] = read(path, results['frame_inds'], key, results['total_frames'])
        return results

    def _from_file(self, path: Path, indices: np.ndarray, key: str, total_frames: int) -> np.ndarray:
        reader = self._readers.pop(path, None)
        if reader is None:
            reader = StreamReader(path)
            _check_length(reader, total_frames)
            if len(self._readers) >= _OPEN_READERS:
                self._readers.popitem(last=False)[1].close()
        self._readers[path] = reader
        return reader.read(indices, remove_head_motion=self.remove_head_motion and key == 'flow')

    def _from_memory(self, path: Path, indices: np.ndarray, key: str, total_frames: int) -> np.ndarray:
        if path not in self._videos:
            reader = StreamReader(path)
            _check_length(reader, total_frames)
            frames = reader.read(np.arange(len(reader)))
            if key == 'flow':
                halves = frames.astype(np.float16)
                frames = halves if np.array_equal(halves, frames) else frames
            rest = reader.head_motion() if self.remove_head_motion and key == 'flow' else None
            self._videos[path] = (frames, rest)
            reader.close()
        frames, rest = self._videos[path]
        window = frames[indices]
        if key == 'rgb':
            return window
        window = window.astype(np.float32)
        return window if rest is None else window - rest[indices].reshape(-1, *(1,) * (window.ndim - 2), 2)

    def __getstate__(self) -> dict[str, Any]:
        """Leave open files and cached videos behind: each process has its own."""
        return {**self.__dict__, '_readers': OrderedDict(), '_videos': {}}

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(streams={self.streams}, remove_head_motion={self.remove_head_motion}, '
            f'in_memory={self.in_memory})'
        )


def _check_length(reader: StreamReader, total_frames: int) -> None:
    if len(reader) != total_frames:
        raise MESpotError(f'{reader.path}: {len(reader)} entries, expected {total_frames} as annotated')


@TRANSFORMS.register_module()
class LoadVideoFlow(LoadStreams):
    """Read a small flow stream of a whole video, with the head motion removed.

    Required keys: ``store_root, video_id, total_frames, frame_inds`` (n,). Added keys: ``flow`` (n, ..., 2)
    float32 in pixels of the crop, and ``flow_gap``, the frames between the two pictures of a flow field.

    Args:
        stream: ``'flow_roi'`` (14, 2) or ``'flow_grid'`` (12, 12, 2). Defaults to 'flow_roi'.
    """

    def __init__(self, stream: str = 'flow_roi') -> None:
        super().__init__(dict(flow=stream), remove_head_motion=True)

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Read flow and gap.

        Raises:
            MESpotError: If the file does not tell the gap.
        """
        results = super().transform(results)
        path = Path(results['store_root']) / self.streams['flow'] / f'{results["video_id"]}.h5'
        attrs = self._readers[path].attrs
        if 'gap' not in attrs:
            raise MESpotError(f'{path}: holds no gap between the pictures of a flow, prepare it again')
        results['flow_gap'] = int(attrs['gap'])
        return results


@TRANSFORMS.register_module()
class LoadVideoMovement(LoadVideoFlow):
    """Read what the spotter of candidate movements takes of a whole video.

    Required keys: as of :class:`LoadVideoFlow`. Added keys: its own with the ``flow`` of ``flow_roi``
    (n, 14, 2), ``head_motion`` (n, 2) and ``face_shape`` (n, points, 3), float32, px of the crop, and
    ``crop_size``, the side of the crop in px.
    """

    def __init__(self) -> None:
        super().__init__('flow_roi')
        self.streams['face_shape'] = 'face_shape'

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Read all of it.

        Raises:
            MESpotError: If the file does not tell the gap or the size of the crop.
        """
        results = super().transform(results)
        reader = self._readers[Path(results['store_root']) / 'flow_roi' / f'{results["video_id"]}.h5']
        results['head_motion'] = reader.head_motion()[results['frame_inds']]
        if 'crop_size' not in reader.attrs:
            raise MESpotError(f'{reader.path}: holds no crop_size, prepare it again')
        results['crop_size'] = int(reader.attrs['crop_size'])
        return results
