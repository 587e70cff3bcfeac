"""The levels of a frozen backbone, one HDF5 file per video.

::

    /<stream>/level_<i>          (T_i, C, H, W) float32 or float16, T_i = positions / stride
    /<stream>/level_<i>_times    (T_i,) float64, the instants in seconds for which the positions stand

The file's attributes say how the positions lie in the video (``fps``, ``frame_interval``, ``total_frames``,
``positions``) and where the features come from. ``strides`` holds the stride of each level.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import h5py
import numpy as np

from mmaction_mespot.atomic_file import whole_file
from mmaction_mespot.intervals.grid import level_positions
from mmaction_mespot.preprocessing.store.hdf5_file import (
    CHECKED,
    HDF5Output,
    get_attributes,
    open_hdf5,
    set_attributes,
)
from mmaction_mespot.preprocessing.store.store_format import StoreError

FORMAT, VERSION = 'mmaction_mespot features', 1
NEEDED = ('fps', 'frame_interval', 'total_frames', 'positions', 'strides')
ROWS_PER_CHUNK = 16


class FeatureWriter:
    """Write the levels of a video, chunk by chunk; the file appears when the ``with`` block ends well.

    Args:
        path: The file to make; an older one of that name is replaced.
        strides: Positions of the input for one position of each level.
        fps: Frames per second of the video.
        frame_interval: Frames between positions.
        half: Store float16 instead of float32. Defaults to False.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        strides: Sequence[int],
        fps: float,
        frame_interval: float,
        half: bool = False,
    ) -> None:
        self.path = Path(path)
        self.strides = tuple(strides)
        self.fps = fps
        self.frame_interval = frame_interval
        self.dtype = np.float16 if half else np.float32
        self._whole = whole_file(self.path)

    def __enter__(self) -> FeatureWriter:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._output = HDF5Output(self._whole.__enter__(), self.path)
        self._file = self._output.file
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._output.__exit__(kind, error, trace)
        except OSError as full:
            self._whole.__exit__(type(full), full, full.__traceback__)
            raise
        self._whole.__exit__(kind, error, trace)

    def append(self, levels: Mapping[str, Sequence[np.ndarray]]) -> None:
        """Append a stretch of the video.

        Args:
            levels: For each stream its levels (T_i, C, H, W), fine to coarse.

        Raises:
            StoreError: If a value is not finite in the stored type.
        """
        for stream, own in levels.items():
            for i, level in enumerate(own):
                with np.errstate(over='ignore'):
                    rows = level.astype(self.dtype)
                if not np.isfinite(rows).all():
                    raise StoreError(
                        f'{self.path}: features of {stream}, level {i} are not finite as '
                        f'{self.dtype.__name__}'
                    )
                self._append_rows(f'{stream}/level_{i}', rows)

    def finish(self, total_frames: int, positions: int, **attrs: Any) -> None:
        """Write the time stamps and what is known of the features; the last thing in the block."""
        for group in self._file.values():
            for name, level in list(group.items()):
                stride = self.strides[int(name.removeprefix('level_'))]
                instants = level_positions(len(level), stride).double().numpy()
                seconds = instants * self.frame_interval / self.fps
                group.create_dataset(f'{name}_times', data=seconds, **CHECKED)
        set_attributes(
            self._file,
            dict(
                attrs,
                format=FORMAT,
                version=VERSION,
                fps=self.fps,
                frame_interval=self.frame_interval,
                strides=self.strides,
                total_frames=total_frames,
                positions=positions,
            ),
        )

    def _append_rows(self, name: str, rows: np.ndarray) -> None:
        if name not in self._file:
            self._file.create_dataset(
                name,
                (0, *rows.shape[1:]),
                self.dtype,
                maxshape=(None, *rows.shape[1:]),
                chunks=(ROWS_PER_CHUNK, *rows.shape[1:]),
                compression='lzf',
                shuffle=True,
                **CHECKED,
            )
        data = self._file[name]
        data.resize(len(data) + len(rows), axis=0)
        data[-len(rows) :] = rows
        self._output.check()


class FeatureReader:
    """Read windows of a video's levels.

    Args:
        path: A file of :class:`FeatureWriter`.

    Attributes:
        attrs: What the file says of itself.
        streams: Names of its streams.

    Raises:
        FileNotFoundError: There is no such file.
        StoreError: The file is damaged or no file of features.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        if not self.path.is_file():
            raise FileNotFoundError(
                f'{self.path}: no such file of features; `python tools/extract_features.py` makes it'
            )
        try:
            with self._open() as file:
                self.attrs: dict[str, Any] = get_attributes(self.path, file)
                self.streams = sorted(file)
        except OSError as error:
            raise StoreError(f'{self.path}: damaged or no HDF5 file, make it again ({error})') from error
        found = (self.attrs.get('format'), self.attrs.get('version'))
        if found != (FORMAT, VERSION) or any(name not in self.attrs for name in NEEDED):
            raise StoreError(f'{self.path}: expected {FORMAT!r} of version {VERSION}, found {found}')
        self.strides = tuple(int(stride) for stride in self.attrs['strides'])

    def read(self, stream: str, position: int = 0, length: int | None = None) -> list[np.ndarray]:
        """Read a stretch of one stream.

        Args:
            stream: Its name.
            position: First position of the video, a multiple of the coarsest stride. Defaults to 0.
            length: Positions, likewise. Defaults to None, all up to the end.

        Returns:
            The levels, float32, each (length / stride, C, H, W).

        Raises:
            StoreError: If the stream or the positions are not there, or the file is damaged.
        """
        positions = int(self.attrs['positions'])
        length = positions - position if length is None else length
        if stream not in self.streams:
            raise StoreError(f'{self.path}: no stream {stream!r}, found {self.streams}')
        if not 0 <= position < position + length <= positions or any(
            position % stride or length % stride for stride in self.strides
        ):
            raise StoreError(
                f'{self.path}: positions {position} to {position + length} wanted, in multiples of '
                f'{max(self.strides)}; found {positions}'
            )
        try:
            with self._open() as file:
                levels = [
                    file[stream][f'level_{i}'][position // s : (position + length) // s].astype(np.float32)
                    for i, s in enumerate(self.strides)
                ]
        except (OSError, KeyError) as error:
            raise StoreError(f'{self.path}: the file is damaged, make it again ({error})') from error
        if not all(np.isfinite(level).all() for level in levels):
            raise StoreError(f'{self.path}: features of {stream} are not finite, make the file again')
        return levels

    def times(self, stream: str, level: int) -> np.ndarray:
        """Instants in seconds for which a level's positions stand, (T,)."""
        with self._open() as file:
            return file[stream][f'level_{level}_times'][:]

    def _open(self) -> h5py.File:
        return open_hdf5(self.path)
