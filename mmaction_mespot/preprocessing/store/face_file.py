"""The face track of a prepared video on disk: ``faces/<video_id>.h5``."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from mmaction_mespot.atomic_file import whole_file

from ..faces.face_track import FaceTrack
from .hdf5_file import CHECKED, HDF5Output, open_hdf5
from .store_format import StoreError

MAX_BYTES = 1 << 32


def write_face_file(path: Path, track: FaceTrack, matrices: np.ndarray) -> None:
    """Write landmarks and similarities, whole or not at all; the same track gives the same bytes.

    Args:
        path: The file to make.
        track: The face over time.
        matrices: (n, 2, 3) similarities from the frames to the crops.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as temporary, HDF5Output(temporary, path) as output:
        file = output.file
        for name, data in (('frames', track.frames), ('points', track.points), ('matrices', matrices)):
            file.create_dataset(
                name, data=data, compression='gzip', compression_opts=3, shuffle=True, **CHECKED
            )
        file.attrs['notes'] = '\n'.join(track.notes)


def read_face_file(path: str | Path) -> tuple[FaceTrack, np.ndarray]:
    """Read back what :func:`write_face_file` wrote.

    Returns:
        The face over time in px of the frames, and the (n, 2, 3) similarities from the frames to the crops.

    Raises:
        FileNotFoundError: There is no such file.
        StoreError: The file is damaged or no face file.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f'{path}: no such face file; tools/prepare.py writes it')
    path = Path(path)
    try:
        with open_hdf5(path) as file:
            matrices, frames, points = (_array(path, file, name) for name in ('matrices', 'frames', 'points'))
            notes = tuple(line for line in str(file.attrs['notes']).split('\n') if line)
    except (OSError, KeyError, ValueError) as error:
        if isinstance(error, StoreError):
            raise
        raise StoreError(f'{path}: the file is damaged, make it again ({error})') from error
    if (
        matrices.shape[1:] != (2, 3)
        or frames.ndim != 1
        or points.shape[:1] != frames.shape
        or points.ndim != 3
    ):
        shapes = f'matrices {matrices.shape}, frames {frames.shape}, points {points.shape}'
        raise StoreError(f'{path}: found {shapes}, expected (n, 2, 3), (k,), (k, points, coordinates)')
    return FaceTrack(len(matrices), frames, points, notes), matrices


def _array(path: Path, file: h5py.File, name: str) -> np.ndarray:
    if file[name].nbytes > MAX_BYTES:
        raise StoreError(f'{path}: {name} takes {file[name].nbytes} bytes, expected up to {MAX_BYTES}')
    values = file[name][:]
    if not np.isfinite(values).all():
        raise StoreError(f'{path}: {name} holds values that are not finite')
    return values
