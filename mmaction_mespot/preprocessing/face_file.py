"""The face track of a prepared video on disk: ``faces/<video_id>.h5``."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from mmaction_mespot.atomic_file import whole_file

from .faces.face_track import FaceTrack


def write_face_file(path: Path, track: FaceTrack, matrices: np.ndarray) -> None:
    """Write landmarks and similarities, whole or not at all; the same track gives the same bytes.

    Args:
        path: The file to make.
        track: The face over time.
        matrices: (n, 2, 3) similarities from the frames to the crops.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as temporary, h5py.File(temporary, 'w') as file:
        for name, data in (('frames', track.frames), ('points', track.points), ('matrices', matrices)):
            file.create_dataset(
                name, data=data, compression='gzip', compression_opts=3, shuffle=True, track_times=False
            )
        file.attrs['notes'] = '\n'.join(track.notes)


def read_face_file(path: str | Path) -> tuple[FaceTrack, np.ndarray]:
    """Read back what :func:`write_face_file` wrote.

    Returns:
        The face over time in px of the frames, and the (n, 2, 3) similarities from the frames to the crops.

    Raises:
        FileNotFoundError: There is no such file.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f'{path}: no such face file; tools/prepare.py writes it')
    with h5py.File(path) as file:
        matrices = file['matrices'][:]
        notes = tuple(line for line in str(file.attrs['notes']).split('\n') if line)
        return FaceTrack(len(matrices), file['frames'][:], file['points'][:], notes), matrices
