"""The face of a prepared video on disk: ``faces/<video_id>.h5``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from mmaction_mespot.atomic_file import whole_file

from .hdf5_file import CHECKED, HDF5Output, get_attributes, open_hdf5, set_attributes
from .store_format import StoreError

MAX_BYTES = 1 << 32
_LONGEST_NOTES = 15_000
_ARRAYS = ('source_index', 'time_s', 'face', 'matrices', 'positions', 'points')


@dataclass(frozen=True)
class FaceFile:
    """Where the face of a video was at each of its n positions, and how its crop was cut.

    Attributes:
        crop_size: Side of the crop in px.
        source_index: Frame of the video that each position shows, int64, (n,).
        time_s: Time stamp of that frame in seconds, (n,).
        face: 1 where there is a face, seen or bridged over a short loss, else 0, uint8, (n,).
        matrices: Similarities from that frame to the crop, (n, 2, 3).
        positions: Positions of which the landmarks are kept, int64, (k,).
        points: Their landmarks in px of the crop, depth in the same unit, float32, (k, 468, 3).
        notes: What a user should know.
    """

    crop_size: int
    source_index: np.ndarray
    time_s: np.ndarray
    face: np.ndarray
    matrices: np.ndarray
    positions: np.ndarray
    points: np.ndarray
    notes: tuple[str, ...] = ()

    def matrix(self, frame: int, size: int) -> np.ndarray:
        """Similarity (2, 3) from a frame of the video to its crop of another size.

        A frame between two positions gets that of the one before it.
        """
        position = max(int(np.searchsorted(self.source_index, frame, side='right')) - 1, 0)
        scale = size / self.crop_size
        # Pixel centres lie at whole numbers: pixel u of the crop is pixel s u + (s - 1) / 2 of the other one.
        moved = scale * self.matrices[position]
        moved[:, 2] += (scale - 1) / 2
        return moved

    def write(self, path: Path) -> None:
        """Write the file, whole or not at all; the same content gives the same bytes."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as temporary, HDF5Output(temporary, path) as output:
            for name in _ARRAYS:
                output.file.create_dataset(
                    name,
                    data=getattr(self, name),
                    compression='gzip',
                    compression_opts=3,
                    shuffle=True,
                    **CHECKED,
                )
            notes = '\n'.join(self.notes)[:_LONGEST_NOTES]
            set_attributes(output.file, {'crop_size': self.crop_size, 'notes': notes})

    @classmethod
    def read(cls, path: str | Path) -> FaceFile:
        """Read back what :meth:`write` wrote.

        Raises:
            FileNotFoundError: There is no such file.
            StoreError: The file is damaged or no face file.
        """
        path = Path(path)
        if not path.is_file():
            raise FileNotFoundError(f'{path}: no such face file; tools/prepare.py writes it')
        try:
            with open_hdf5(path) as file:
                arrays = {name: _array(path, file, name) for name in _ARRAYS}
                attributes = get_attributes(path, file)
                crop_size = int(attributes['crop_size'])
                notes = tuple(line for line in str(attributes['notes']).split('\n') if line)
        except (OSError, KeyError, ValueError) as error:
            if isinstance(error, StoreError):
                raise
            raise StoreError(f'{path}: the file is damaged, make it again ({error})') from error
        shapes = dict(_shapes(arrays))
        found = {name: arrays[name].shape for name in _ARRAYS}
        if found != shapes:
            raise StoreError(f'{path}: found {found}, expected {shapes}')
        return cls(crop_size, **arrays, notes=notes)


def _shapes(arrays: dict[str, np.ndarray]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The shapes that belong together, by what gives the number of positions and of landmarks."""
    n = len(arrays['source_index']) if arrays['source_index'].ndim else 0
    k = len(arrays['positions']) if arrays['positions'].ndim else 0
    shapes = {'matrices': (n, 2, 3), 'positions': (k,), 'points': (k, 468, 3)}
    yield from ((name, shapes.get(name, (n,))) for name in _ARRAYS)


def _array(path: Path, file: h5py.File, name: str) -> np.ndarray:
    if file[name].nbytes > MAX_BYTES:
        raise StoreError(f'{path}: {name} takes {file[name].nbytes} bytes, expected up to {MAX_BYTES}')
    values = file[name][:]
    if not np.isfinite(values).all():
        raise StoreError(f'{path}: {name} holds values that are not finite')
    return values
