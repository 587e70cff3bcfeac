"""Random access to one stream of one video."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import h5py
import numpy as np
import numpy.typing as npt

from mmaction_mespot.preprocessing.store import store_format as fmt
from mmaction_mespot.preprocessing.store.hdf5_file import get_attributes, open_hdf5
from mmaction_mespot.preprocessing.store.store_format import StoreError


class StreamReader:
    """Read frames of a stream by index, in any order, as often as wanted.

    The header is read at once: a bad file is found early. Each process opens the file for itself, so
    a reader can be pickled or forked.

    Args:
        path: A file made by :class:`~mmaction_mespot.preprocessing.store.store_writer.StreamWriter`.
        kind: The kind of stream that is expected; None takes any. Defaults to None.

    Attributes:
        kind: ``'rgb'``, ``'flow'``, ``'flow_grid'``, ...
        shape: Shape of one frame.
        attrs: The attributes that the writer was given.

    Raises:
        FileNotFoundError: There is no such file.
        StoreError: The file is damaged, no stream file, or a stream of another kind.
    """

    def __init__(self, path: str | os.PathLike[str], kind: str | None = None) -> None:
        self.path = Path(path)
        self._file: h5py.File | None = None
        self._pid = -1
        attrs = self._read_header()
        self.kind: str = attrs['kind']
        self.shape: tuple[int, ...] = tuple(int(size) for size in attrs['frame_shape'])
        self._length = int(attrs['length'])
        self.attrs: dict[str, Any] = {name: attrs[name] for name in attrs if name not in fmt.OWN_ATTRS}
        if kind is not None and kind != self.kind:
            raise StoreError(f'{self.path}: expected a stream of kind {kind!r}, found {self.kind!r}')

    def __len__(self) -> int:
        """Number of frames."""
        return self._length

    def read(self, indices: npt.ArrayLike, remove_head_motion: bool = False) -> np.ndarray:
        """Read the frames at ``indices``.

        Args:
            indices: Integers in [0, len) of shape (k,); unordered and repeated ones are allowed.
            remove_head_motion: Subtract each frame's head motion (flow streams). Defaults to False.

        Returns:
            (k, ...): uint8 in RGB order for ``rgb``, float32 for all else (px for flow).

        Raises:
            IndexError: An index lies outside the stream.
            TypeError: The indices are no integers.
            StoreError: The file is damaged, or has no head motion to subtract.
        """
        wanted = self._check_indices(indices)
        unique, inverse = np.unique(wanted, return_inverse=True)
        if not len(unique):
            return np.zeros((0, *self.shape), np.uint8 if self.kind == 'rgb' else np.float32)
        decode: Callable[[h5py.File, np.ndarray], np.ndarray]
        decode = {'rgb': self._read_rgb, 'flow': self._read_flow}.get(self.kind, self._read_floats)
        try:
            frames = decode(self._open(), unique)
            if remove_head_motion:
                rest = self._head_motion(self._open())[unique]
                frames -= rest.reshape(len(rest), *(1,) * (len(self.shape) - 1), 2)
        except (OSError, KeyError, cv2.error) as error:
            raise StoreError(f'{self.path}: the file is damaged, make it again ({error})') from error
        if frames.dtype != np.uint8 and not np.isfinite(frames).all():
            raise StoreError(f'{self.path}: values are not finite, make the file again')
        in_order = len(unique) == len(wanted) and bool((inverse == np.arange(len(wanted))).all())
        return frames if in_order else frames[inverse]

    def head_motion(self) -> np.ndarray:
        """Motion of the head at every frame, (n, 2) float32 in px.

        Raises:
            StoreError: The file holds none.
        """
        return self._head_motion(self._open())

    def close(self) -> None:
        """Close the file; a later reading opens it again."""
        if self._file is not None and self._pid == os.getpid():
            self._file.close()
        self._file = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, '_file': None}

    def _open(self) -> h5py.File:
        if self._file is None or self._pid != os.getpid():
            if not self.path.is_file():
                raise FileNotFoundError(f'{self.path}: no such stream file; has this video been prepared?')
            self._file = open_hdf5(self.path)
            self._pid = os.getpid()
        return self._file

    def _read_header(self) -> dict[str, Any]:
        file = self._open()
        try:
            attrs = get_attributes(self.path, file)
        except StoreError:
            self.close()
            raise
        except (OSError, RuntimeError, ValueError, TypeError) as error:
            self.close()
            raise StoreError(f'{self.path}: the file is damaged, make it again ({error})') from error
        found = (attrs.get('format'), attrs.get('version'))
        if found != (fmt.FORMAT, fmt.VERSION) or fmt.DATA not in file:
            self.close()
            raise StoreError(
                f'{self.path}: expected a {fmt.FORMAT!r} file of version {fmt.VERSION}, found {found}'
            )
        try:
            self._check_shapes(file, attrs)
        except (KeyError, TypeError, ValueError) as error:
            self.close()
            if isinstance(error, StoreError):
                raise
            raise StoreError(f'{self.path}: the file is damaged, make it again ({error})') from error
        return attrs

    def _check_shapes(self, file: h5py.File, attrs: dict[str, Any]) -> None:
        """Check that the data are what the header says, of a size that memory holds."""
        kind, length = str(attrs['kind']), int(attrs['length'])
        shape = tuple(int(size) for size in attrs['frame_shape'])
        if length < 1 or min(shape, default=1) < 1 or math.prod(shape) > fmt.MAX_FRAME_VALUES:
            raise StoreError(f'{self.path}: {length} frames of the shape {shape}, expected smaller ones')
        data, dtype = file[fmt.DATA], fmt.DTYPES.get(kind, np.float16)
        expected = {fmt.DATA: (data.shape[0],) if kind == 'rgb' else (length, *shape)}
        if kind == 'rgb':
            expected[fmt.OFFSETS] = (length + 1,)
        if fmt.HEAD_MOTION in file:
            expected[fmt.HEAD_MOTION] = (length, 2)
        found = {name: file[name].shape for name in expected}
        if found != expected or data.dtype != dtype:
            raise StoreError(
                f'{self.path}: found {found} of {data.dtype}, expected {expected} of {np.dtype(dtype)}'
            )

    def _check_indices(self, indices: npt.ArrayLike) -> np.ndarray:
        wanted = np.asarray(indices)
        if wanted.size == 0:
            return np.zeros(0, np.int64)
        if wanted.ndim != 1 or not np.issubdtype(wanted.dtype, np.integer):
            raise TypeError(
                f'{self.path}: indices are a 1-D array of integers, found {wanted.dtype} {wanted.shape}'
            )
        low, high = int(wanted.min()), int(wanted.max())
        if low < 0 or high >= self._length:
            raise IndexError(f'{self.path}: indices {low}..{high} are not within the {self._length} frames')
        return wanted.astype(np.int64)

    def _read_flow(self, file: h5py.File, unique: np.ndarray) -> np.ndarray:
        # Frame by frame: a slice over several deflated chunks takes HDF5 five times as long.
        return self._read_rows(file[fmt.DATA], _runs(unique, max_gap=0), fmt.dequantise_flow)

    def _read_floats(self, file: h5py.File, unique: np.ndarray) -> np.ndarray:
        runs = _runs(unique, max_gap=fmt.FRAMES_PER_SMALL_CHUNK)
        return self._read_rows(file[fmt.DATA], runs, fmt.from_stored)

    def _read_rows(
        self, data: h5py.Dataset, runs: list[np.ndarray], decode: Callable[[np.ndarray], np.ndarray]
    ) -> np.ndarray:
        """Read run by run in slices (HDF5's own selection of single rows is many times slower)."""
        frames = np.empty((sum(map(len, runs)), *self.shape), np.float32)
        position = 0
        for run in runs:
            rows = data[int(run[0]) : int(run[-1]) + 1]
            rows = rows if len(rows) == len(run) else rows[run - run[0]]
            frames[position : position + len(run)] = decode(rows)
            position += len(run)
        return frames

    def _read_rgb(self, file: h5py.File, unique: np.ndarray) -> np.ndarray:
        frames = np.empty((len(unique), *self.shape), np.uint8)
        offsets = file[fmt.OFFSETS][int(unique[0]) : int(unique[-1]) + 2]
        if (np.diff(offsets) <= 0).any() or offsets[0] < 0 or offsets[-1] > file[fmt.DATA].shape[0]:
            raise StoreError(f'{self.path}: its table of frames is damaged, make the file again')
        position = 0
        for run in _runs(unique, max_gap=4):
            starts, ends = offsets[run - unique[0]], offsets[run - unique[0] + 1]
            block = file[fmt.DATA][starts[0] : ends[-1]]
            for index, start, end in zip(run, starts - starts[0], ends - starts[0], strict=True):
                bgr = cv2.imdecode(block[start:end], cv2.IMREAD_COLOR)
                if bgr is None or bgr.shape != self.shape:
                    raise StoreError(f'{self.path}: frame {index} is damaged, make the file again')
                cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB, dst=frames[position])
                position += 1
        return frames

    def _head_motion(self, file: h5py.File) -> np.ndarray:
        if fmt.HEAD_MOTION not in file:
            raise StoreError(f'{self.path}: this {self.kind!r} stream holds no head motion')
        try:
            rest = file[fmt.HEAD_MOTION][:]
        except OSError as error:
            raise StoreError(f'{self.path}: the file is damaged, make it again ({error})') from error
        if not np.isfinite(rest).all():
            raise StoreError(f'{self.path}: the head motion is not finite, make the file again')
        return rest


def _runs(unique: np.ndarray, max_gap: int) -> list[np.ndarray]:
    """Split sorted indices where the next one is more than ``max_gap`` further."""
    return np.split(unique, np.flatnonzero(np.diff(unique) > max_gap) + 1)
