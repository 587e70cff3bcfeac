"""Writing one stream of one video into a random-access file."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import cv2
import h5py
import numpy as np

from mmaction_mespot.atomic_file import naming, temporary_name
from mmaction_mespot.preprocessing.store import store_format as fmt
from mmaction_mespot.preprocessing.store.hdf5_file import CHECKED, HDF5Output, set_attributes
from mmaction_mespot.preprocessing.store.store_format import StoreError


class StreamWriter:
    """Write the frames of one stream, one after the other.

    A context manager: the file appears under its name only when the block ends well; after an error nothing
    is left. The same frames give the same bytes, whenever and wherever they are written.

    Args:
        path: The file to make; an older one of that name is replaced.
        kind: ``'rgb'``, ``'flow'``, or any other name for a stream of float16, such as ``'flow_grid'``.
        shape: Shape of one frame: (H, W, 3) for ``rgb``, (H, W, 2) for ``flow``.
        attrs: Numbers and strings to keep with the stream (gap, method, crop_size). Defaults to None.

    Raises:
        StoreError: The shape does not fit the kind, or ``attrs`` uses a name of the store's own.

    Example:
        >>> with StreamWriter('s15_0101.h5', 'flow', (224, 224, 2), {'gap': 4}) as writer:
        ...     writer.append(flow, head_motion=nose)
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        kind: str,
        shape: Sequence[int],
        attrs: Mapping[str, object] | None = None,
    ) -> None:
        self.path = Path(path)
        self.kind = kind
        self.shape = tuple(int(size) for size in shape)
        self.attrs = dict(attrs or {})
        channels = {'rgb': 3, 'flow': 2}.get(kind)
        if channels is not None and (len(self.shape) != 3 or self.shape[2] != channels):
            raise StoreError(
                f'{self.path}: a {kind} frame has the shape (H, W, {channels}), not {self.shape}'
            )
        reserved = sorted(set(self.attrs) & set(fmt.OWN_ATTRS))
        if reserved:
            raise StoreError(
                f"{self.path}: the attributes {reserved} are the store's own, choose other names"
            )
        self._temporary = self.path.with_name(temporary_name(self.path.name))
        self._file: h5py.File | None = None
        self._output: HDF5Output | None = None
        self._data: h5py.Dataset | None = None
        self._count = 0
        self._pending: list[np.ndarray] = []
        self._offsets = [0]
        self._rest: list[np.ndarray] = []

    def __len__(self) -> int:
        """Frames appended so far."""
        return self._count

    def __enter__(self) -> StreamWriter:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with naming(self.path, self._temporary):
            self._output = HDF5Output(self._temporary, self.path)
        self._file = self._output.file
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        output, file = self._output, self._file
        if output is None or file is None:
            return
        try:
            with output:
                if kind is None:
                    self._finish(file)
            if kind is None:
                with naming(self.path, self._temporary):
                    os.replace(self._temporary, self.path)
        finally:
            self._output = self._file = self._data = None
            with suppress(OSError):  # what led here says more
                self._temporary.unlink(missing_ok=True)

    def append(self, frames: np.ndarray, head_motion: np.ndarray | None = None) -> None:
        """Append a frame, or several.

        Args:
            frames: One frame of the stream's shape or a batch (n, ...): uint8 in RGB order for ``rgb``,
                floats for all else (px for flow).
            head_motion: (2,) or (n, 2), head motion in px, for kinds that begin with ``flow``:
                for every frame of a file or for none. Defaults to None.

        Raises:
            StoreError: A wrong shape or type, values that cannot be stored, or not inside the ``with`` block.
        """
        if self._file is None:
            raise StoreError(f'{self.path}: append() works inside the `with` block of the writer only')
        batch = np.asarray(frames)
        if batch.ndim == len(self.shape):
            batch = batch[None]
        if batch.shape[1:] != self.shape:
            raise StoreError(f'{self.path}: expected frames of shape {self.shape}, found {np.shape(frames)}')
        rest = self._check_head_motion(head_motion, len(batch))
        try:
            self._pending.extend(self._encode(frame) for frame in batch)
        except ValueError as error:
            raise StoreError(f'{self.path}: near frame {self._count}: {error}') from error
        self._rest.extend(rest)
        self._count += len(batch)
        if self.kind in ('rgb', 'flow') or len(self._pending) >= fmt.FRAMES_PER_SMALL_CHUNK:
            self._flush(self._file)

    def _check_head_motion(self, head_motion: np.ndarray | None, count: int) -> np.ndarray:
        if self._count and (head_motion is None) != (not self._rest):
            raise StoreError(f'{self.path}: head_motion is given for every frame or for none')
        if head_motion is None:
            return np.zeros((0, 2), np.float32)
        if not self.kind.startswith('flow'):
            raise StoreError(f'{self.path}: a stream of kind {self.kind!r} has no head_motion')
        rest = np.asarray(head_motion, dtype=np.float32)
        if rest.ndim == 1:
            rest = rest[None]
        if rest.shape != (count, 2) or not np.isfinite(rest).all():
            raise StoreError(
                f'{self.path}: expected finite head_motion of shape ({count}, 2), found {rest.shape}'
            )
        return rest

    def _encode(self, frame: np.ndarray) -> np.ndarray:
        if self.kind == 'rgb':
            return _encode_jpeg(frame)
        if self.kind == 'flow':
            return fmt.quantise_flow(frame)
        return fmt.to_stored(frame, self.kind)

    def _flush(self, file: h5py.File) -> None:
        if not self._pending:
            return
        if self.kind == 'rgb':
            for jpeg in self._pending:
                self._offsets.append(self._offsets[-1] + jpeg.size)
            block = np.concatenate(self._pending)
        else:
            block = np.stack(self._pending)
        self._pending.clear()
        if self._data is None:
            self._data = self._create_dataset(file)
        data = self._data
        start = data.shape[0]
        data.resize(start + len(block), axis=0)
        data[start:] = block
        if self._output is not None:
            self._output.check()

    def _create_dataset(self, file: h5py.File) -> h5py.Dataset:
        shape: tuple[int, ...] = self.shape
        filters: dict[str, object] = {}
        dtype, rows = fmt.DTYPES.get(self.kind, np.float16), fmt.FRAMES_PER_SMALL_CHUNK
        if self.kind == 'rgb':
            shape, rows = (), fmt.BYTES_PER_JPEG_CHUNK
        elif self.kind == 'flow':
            rows = 1
            filters = {'compression': 'gzip', 'compression_opts': fmt.FLOW_GZIP_LEVEL, 'shuffle': True}
        return file.create_dataset(
            fmt.DATA,
            (0, *shape),
            dtype,
            maxshape=(None, *shape),
            chunks=(rows, *shape),
            **CHECKED,
            **filters,
        )

    def _finish(self, file: h5py.File) -> None:
        if not self._count:
            raise StoreError(f'{self.path}: no frame was appended')
        self._flush(file)
        if self.kind == 'rgb':
            file.create_dataset(fmt.OFFSETS, data=np.asarray(self._offsets, np.int64), **CHECKED)
        if self._rest:
            file.create_dataset(fmt.HEAD_MOTION, data=np.stack(self._rest), **CHECKED)
        own = (fmt.FORMAT, fmt.VERSION, self.kind, np.asarray(self.shape, np.int64), self._count)
        for name, value in [*zip(fmt.OWN_ATTRS, own, strict=True), *sorted(self.attrs.items())]:
            try:
                set_attributes(file, {name: value})
            except TypeError as error:
                raise StoreError(f'{self.path}: attribute {name!r} cannot be stored: {value!r}') from error


def _encode_jpeg(frame: np.ndarray) -> np.ndarray:
    if frame.dtype != np.uint8:
        raise ValueError(f'rgb frames are uint8, found {frame.dtype}')
    bgr = cv2.cvtColor(frame, cv2.COLOR_RGB2BGR)
    done, jpeg = cv2.imencode('.jpg', bgr, [cv2.IMWRITE_JPEG_QUALITY, fmt.JPEG_QUALITY])
    if not done:
        raise ValueError(f'a frame of shape {frame.shape} could not be encoded as JPEG')
    return jpeg.reshape(-1)
