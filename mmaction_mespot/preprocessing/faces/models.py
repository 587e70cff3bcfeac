"""The two face networks' files: fetched once from a PyPI wheel, checked, kept in the user's cache.

BlazeFace short range (detection) and FaceMesh (468 points) are MediaPipe's (Apache-2.0). Wheels up to 0.10.21
carry them; the wheel is fetched without its dependencies and only the two files are kept. They run in plain
``cv2.dnn``.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from mmaction_mespot.atomic_file import whole_file
from mmaction_mespot.errors import MESpotError

WHEEL = 'mediapipe==0.10.21'
_DETECTOR = 'face_detection_short_range.tflite'
_MESH = 'face_landmark.tflite'
_MEMBERS = {
    _DETECTOR: 'mediapipe/modules/face_detection/face_detection_short_range.tflite',
    _MESH: 'mediapipe/modules/face_landmark/face_landmark.tflite',
}
SHA256 = {
    _DETECTOR: 'bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8',
    _MESH: '1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814',
}
# One fixed wheel, whatever the Python and system at hand: only its data files are used.
_PIP_TARGET = [
    '--only-binary=:all:',
    '--python-version=3.11',
    '--implementation=cp',
    '--abi=cp311',
    '--platform=manylinux_2_28_x86_64',
]


@dataclass(frozen=True)
class FaceModelPaths:
    """Checked files of the face networks.

    Attributes:
        detector: BlazeFace short range, ``.tflite``.
        mesh: FaceMesh with 468 points, ``.tflite``.
    """

    detector: Path
    mesh: Path


def default_cache_dir() -> Path:
    """``$MESPOT_CACHE``, else ``$XDG_CACHE_HOME/mmaction_mespot``, else ``~/.cache/mmaction_mespot``."""
    if own := os.environ.get('MESPOT_CACHE'):
        return Path(own)
    base = os.environ.get('XDG_CACHE_HOME')
    return (Path(base) if base else Path.home() / '.cache') / 'mmaction_mespot'


def fetch_face_models(
    cache_dir: str | Path | None = None, source: str | Path | None = None
) -> FaceModelPaths:
    """Paths of the two face networks, fetched on the first call.

    Several processes may call this at once: each file is put in place by a rename, after its check.

    Args:
        cache_dir: Where the files are kept. Defaults to :func:`default_cache_dir`.
        source: A folder that holds both ``.tflite`` files, or a downloaded wheel with them; then nothing is
            fetched from PyPI. Defaults to ``$MESPOT_FACE_MODELS``, else to the wheel of PyPI.

    Returns:
        The checked files.

    Raises:
        FileNotFoundError: ``source`` does not exist or lacks a file.
        MESpotError: The wheel can't be fetched, or a file's SHA-256 is not the pinned one.
    """
    source = source or os.environ.get('MESPOT_FACE_MODELS')
    if source is not None and not Path(source).exists():
        raise FileNotFoundError(f'{source}: no such folder or wheel with the face networks')
    if source is not None and Path(source).is_dir():
        return _from_folder(Path(source))
    folder = Path(cache_dir) if cache_dir is not None else default_cache_dir()
    found = FaceModelPaths(folder / _DETECTOR, folder / _MESH)
    if all(path.is_file() and _sha256(path.read_bytes()) == SHA256[path.name] for path in _files(found)):
        return found
    folder.mkdir(parents=True, exist_ok=True)
    if source is not None:
        _unpack(Path(source), folder)
    else:
        with tempfile.TemporaryDirectory(prefix='mespot_faces_') as temporary:
            print(
                f'Fetching the face networks once: {WHEEL} (35 MB, from PyPI), 1.5 MB kept in {folder}',
                flush=True,
            )
            _unpack(_download(Path(temporary)), folder)
    return found


def _files(paths: FaceModelPaths) -> tuple[Path, Path]:
    return paths.detector, paths.mesh


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _check(data: bytes, name: str, origin: Path) -> None:
    if (found := _sha256(data)) != SHA256[name]:
        raise MESpotError(f'{origin}: {name} has SHA-256 {found}, expected {SHA256[name]}')


def checked_bytes(path: Path) -> bytes:
    """The content of a network's file.

    Raises:
        FileNotFoundError: There is no such file.
        MESpotError: Its SHA-256 is not the pinned one.
    """
    data = path.read_bytes()
    if path.name in SHA256:
        _check(data, path.name, path)
    return data


def _from_folder(folder: Path) -> FaceModelPaths:
    found = FaceModelPaths(folder / _DETECTOR, folder / _MESH)
    for path in _files(found):
        if not path.is_file():
            raise FileNotFoundError(f'{folder}: no {path.name} in the folder given for the face networks')
        _check(path.read_bytes(), path.name, folder)
    return found


def _download(folder: Path) -> Path:
    """Fetch the wheel into a folder by pip."""
    command = [sys.executable, '-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps']
    done = subprocess.run(
        [*command, *_PIP_TARGET, '--dest', str(folder), WHEEL], capture_output=True, text=True, check=False
    )
    wheels = sorted(folder.glob('*.whl'))
    if done.returncode or not wheels:
        reason = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise MESpotError(
            f'the face networks could not be fetched: `pip download {WHEEL}` failed ({" | ".join(reason)}). '
            f'Without a network: put {_DETECTOR} and {_MESH} (or that wheel) somewhere and name the place in '
            'MESPOT_FACE_MODELS'
        )
    return wheels[0]


def _unpack(wheel: Path, folder: Path) -> None:
    """Take the two files out of the wheel, check them, put them into the folder by a rename."""
    if not wheel.is_file():
        raise FileNotFoundError(f'{wheel}: no such folder or wheel with the face networks')
    try:
        with zipfile.ZipFile(wheel) as archive:
            contents = {name: archive.read(member) for name, member in _MEMBERS.items()}
    except (zipfile.BadZipFile, KeyError) as error:
        raise MESpotError(f'{wheel}: not a {WHEEL} wheel with the face networks ({error})') from error
    for name, data in contents.items():
        _check(data, name, wheel)
        with whole_file(folder / name) as temporary:
            temporary.write_bytes(data)
