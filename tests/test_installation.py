"""Which distributions own a folder, on made-up installations."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from mmaction_mespot.installation import Owner, find_mixtures


def _install(site: Path, name: str, version: str, files: dict[str, str]) -> None:
    """Write files as pip does: over what is there, with a record of their own."""
    metadata = site / f'{name.replace("-", "_")}-{version}.dist-info'
    metadata.mkdir(parents=True)
    (metadata / 'METADATA').write_text(f'Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n')
    rows = [f'{metadata.name}/RECORD,,']
    for path, text in files.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text)
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()
        rows.append(f'{path},sha256={digest},{len(text)}')
    (metadata / 'RECORD').write_text('\n'.join(rows) + '\n')


def test_one_whole_distribution_is_healthy(tmp_path: Path) -> None:
    _install(tmp_path, 'opencv-python', '5.0', {'cv2/__init__.py': 'a', 'cv2/cv2.so': 'b'})
    _install(tmp_path, 'other', '1', {'cv2_tools/__init__.py': 'c', 'other.py': 'd'})
    assert find_mixtures(path=[str(tmp_path)]) == []
    assert find_mixtures(path=[]) == []


def test_two_versions_in_one_folder(tmp_path: Path) -> None:
    first = {'cv2/__init__.py': 'a', 'cv2/same.py': 'same', 'cv2/cv2.so': 'b'}
    _install(tmp_path, 'opencv-python', '5.0', first)
    _install(tmp_path, 'opencv-contrib-python', '5.1', {**first, 'cv2/__init__.py': 'A', 'cv2/cv2.so': 'B'})
    (found,) = find_mixtures(path=[str(tmp_path)])
    assert found.owners == (Owner('opencv-contrib-python', '5.1', 0), Owner('opencv-python', '5.0', 2))
    assert str(found) == (
        'cv2 belongs to opencv-contrib-python 5.1 and opencv-python 5.0 (2 of its files are not its own), '
        'expected one, whole; to fix it: pip uninstall -y opencv-contrib-python opencv-python, '
        'then pip install opencv-python'
    )


def test_what_an_uninstallation_of_the_other_left(tmp_path: Path) -> None:
    _install(tmp_path, 'decord2', '3.4', {'decord/__init__.py': 'a', 'decord/lib.so': 'b'})
    (tmp_path / 'decord' / 'lib.so').unlink()
    (found,) = find_mixtures(path=[str(tmp_path)])
    assert (found.folder, found.owners) == ('decord', (Owner('decord2', '3.4', 1),))


def test_the_same_distribution_further_down_the_path_is_hidden(tmp_path: Path) -> None:
    for place in ('near', 'far'):
        _install(tmp_path / place, 'mmcv-lite', '2.1.0', {'mmcv/__init__.py': place})
    (tmp_path / 'far' / 'mmcv' / '__init__.py').unlink()
    assert find_mixtures(path=[str(tmp_path / 'near'), str(tmp_path / 'far')]) == []
