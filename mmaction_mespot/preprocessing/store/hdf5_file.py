"""HDF5 files that hold nothing but their own data, with a checksum on every chunk."""

from __future__ import annotations

import io
import math
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import h5py
import numpy as np

from mmaction_mespot.preprocessing.store.store_format import StoreError

MAX_CHUNK_BYTES = 1 << 28
MAX_OBJECTS = 1000
CHECKED = {'fletcher32': True, 'track_times': False}
"""What every data set is made with: a checksum on each chunk; equal data gives equal bytes."""

_OLD = 'an earlier version wrote it: remove the file and run the same command again to write it anew'
_FILTERS = {
    h5py.h5z.FILTER_DEFLATE,
    h5py.h5z.FILTER_SHUFFLE,
    h5py.h5z.FILTER_FLETCHER32,
    h5py.h5z.FILTER_LZF,
}


class HDF5Output:
    """A file to write, whose headers and chunks carry checksums.

    HDF5 does not survive a full disk: a file that can't be written can't be closed either, and the second
    attempt ends the process. So it writes through this object, which keeps the first error of the disk for
    :meth:`check` and takes whatever follows. A context manager; an error of the disk is raised on leaving.

    Args:
        path: The file to make.
        name: What messages call it: the final name. Defaults to None: the path.
    """

    def __init__(self, path: Path, name: Path | None = None) -> None:
        self.name = name or path
        self._sink = _Sink(path)
        self.file = h5py.File(self._sink, 'w', libver=('v110', 'v110'))

    def check(self) -> None:
        """Raise the first error of the disk, with the file's name.

        Raises:
            OSError: If something could not be written.
        """
        error = self._sink.error
        if error is not None:
            raise OSError(error.errno, error.strerror, str(self.name)) from error

    def __enter__(self) -> HDF5Output:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.file.close()
        finally:
            self._sink.close_file()
        if kind is None:
            self.check()


class _Sink(io.RawIOBase):
    """A file object that never fails towards HDF5."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._raw = path.open('w+b', buffering=0)
        self.error: OSError | None = None

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        return self._raw.tell()

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast('B')
        got = 0
        while got < len(view) and (count := self._raw.readinto(view[got:])):
            got += count
        view[got:] = bytes(len(view) - got)
        return len(view)

    def write(self, data: Any) -> int:
        view = memoryview(data).cast('B')
        done = 0
        try:
            while self.error is None and done < len(view):
                done += self._raw.write(view[done:])
        except OSError as error:
            self.error = error
        return len(view)

    def truncate(self, size: int | None = None) -> int:
        try:
            return self._raw.truncate(size)
        except OSError as error:
            self.error = self.error or error
            return size or 0

    def flush(self) -> None:
        """Nothing is held back."""

    def close_file(self) -> None:
        """Close the file itself."""
        try:
            self._raw.close()
        except OSError as error:
            self.error = self.error or error


def set_attributes(file: h5py.File, values: Mapping[str, Any]) -> None:
    """Write attributes of a file; texts of fixed length, which the checksum of the header covers.

    Raises:
        TypeError: If HDF5 can't hold a value.
    """
    for name, value in values.items():
        if isinstance(value, str):
            data = value.encode('utf-8', 'backslashreplace')
            kind = h5py.string_dtype('utf-8', max(len(data), 1))
            file.attrs.create(name, np.array(data, kind), dtype=kind)
        else:
            file.attrs[name] = value


def get_attributes(path: Path, file: h5py.File) -> dict[str, Any]:
    """Read the attributes of a file.

    Args:
        path: Its path, for messages.
        file: The file.

    Raises:
        StoreError: A text has no checksum.
    """
    found = {}
    for name in file.attrs:
        text = h5py.check_string_dtype(file.attrs.get_id(name).dtype)
        if text is not None and text.length is None:
            raise StoreError(f'{path}: the text {name!r} has no checksum; {_OLD}')
        value = file.attrs[name]
        found[name] = value if text is None else bytes(value).decode()
    return found


def open_hdf5(path: Path) -> h5py.File:
    """Open a file that somebody else may have written.

    Args:
        path: The file.

    Returns:
        The file, open for reading. All that it names lies in itself, every chunk is there and of a size that
        memory holds, and only the filters of HDF5 itself and LZF are needed.

    Raises:
        FileNotFoundError: There is no such file.
        StoreError: It is damaged or no HDF5 file, or holds links, external or virtual data, or other filters.
    """
    if not path.is_file():
        raise FileNotFoundError(f'{path}: no such file')
    try:
        file = h5py.File(path, 'r', locking=False)
    except (OSError, RuntimeError) as error:
        raise StoreError(f'{path}: damaged or no HDF5 file, make it again ({error})') from error
    try:
        _check_group(path, file, [0], checksums='format' in file.attrs)
    except StoreError:
        file.close()
        raise
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        file.close()
        raise StoreError(f'{path}: the file is damaged, make it again ({error})') from error
    return file


def _check_group(path: Path, group: h5py.Group, seen: list[int], checksums: bool) -> None:
    """Check all objects; what tells no format is none of ours, and its reader says so better."""
    for name in group:
        seen[0] += 1
        if seen[0] > MAX_OBJECTS:
            raise StoreError(f'{path}: more than {MAX_OBJECTS} objects, expected a few')
        place = f'{path}: {group.name.rstrip("/")}/{name}'
        link = group.get(name, getlink=True)
        if not isinstance(link, h5py.HardLink):
            raise StoreError(f'{place}: found a {type(link).__name__}, expected data in the file itself')
        found = group[name]
        if isinstance(found, h5py.Group):
            _check_group(path, found, seen, checksums)
        elif isinstance(found, h5py.Dataset):
            _check_dataset(place, found, checksums)
        else:
            raise StoreError(f'{place}: found a {type(found).__name__}, expected data')


def _check_dataset(place: str, data: h5py.Dataset, checksums: bool) -> None:
    if data.is_virtual or data.external:
        raise StoreError(f'{place}: refers to other files, expected data in the file itself')
    if data.dtype.kind not in 'iuf' or data.shape is None or data.ndim == 0:
        raise StoreError(f'{place}: found {data.dtype} {data.shape}, expected an array of numbers')
    settings = data.id.get_create_plist()
    filters = {settings.get_filter(i)[0] for i in range(settings.get_nfilters())}
    if filters - _FILTERS:
        raise StoreError(f'{place}: needs the filters {sorted(filters - _FILTERS)}, which are not read here')
    if data.chunks is None:
        stored, expected = data.id.get_storage_size(), data.nbytes
    else:
        if math.prod(data.chunks) * data.dtype.itemsize > MAX_CHUNK_BYTES:
            raise StoreError(
                f'{place}: chunks of the shape {data.chunks}, expected up to {MAX_CHUNK_BYTES} B'
            )
        pairs = zip(data.shape, data.chunks, strict=True)
        stored, expected = data.id.get_num_chunks(), math.prod(-(-size // chunk) for size, chunk in pairs)
    if stored != expected:
        raise StoreError(f'{place}: the file is cut off or its size is wrong, make it again')
    if checksums and h5py.h5z.FILTER_FLETCHER32 not in filters:
        raise StoreError(f'{place}: no checksum; {_OLD}')
