from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from mmaction_mespot.synthetic.still import Still, face_landmarks, frame_still
from mmaction_mespot.synthetic.stills import find_people, orl_folder, read_picture


def test_forty_people_with_resting_stills_come_with_the_installation() -> None:
    people = find_people()
    assert len(people) == 40
    assert all(path.is_file() for person in people for path in person.resting + person.others)


@pytest.mark.parametrize('layout', ['files', 'people', 'expressions'])
def test_folders_of_stills(tmp_path: Path, layout: str) -> None:
    places = {
        'files': ['a.pgm', 'b.pgm'],
        'people': ['a/1.pgm', 'a/2.pgm', 'b/1.pgm', 'b/2.pgm'],
        'expressions': ['neutral/a.pgm', 'neutral/b.pgm', 'smiling/a.pgm', 'smiling/b.pgm'],
    }[layout]
    for place in places:
        (tmp_path / place).parent.mkdir(exist_ok=True)
        shutil.copy(orl_folder() / 's1' / '1.pgm', tmp_path / place)
    people = find_people(tmp_path)
    resting, others = (
        places[::2] if layout == 'people' else places[:2],
        places[2:] if layout != 'people' else places[1::2],
    )
    assert [str(person.resting[0].relative_to(tmp_path)) for person in people] == resting
    assert [str(path.relative_to(tmp_path)) for person in people for path in person.others] == others


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match='no pictures'):
        find_people(tmp_path)
    with pytest.raises(FileNotFoundError, match='no such folder'):
        find_people(tmp_path / 'absent')


def test_a_picture_without_a_face_is_an_error() -> None:
    with pytest.raises(ValueError, match=r'wall\.png: no face'):
        face_landmarks(np.full((200, 200), 128, np.uint8), 'wall.png')


def test_a_broken_picture_is_an_error(tmp_path: Path) -> None:
    (tmp_path / 'x.jpg').write_bytes(b'nothing')
    with pytest.raises(ValueError, match=r'x\.jpg: this file could not be read'):
        read_picture(tmp_path / 'x.jpg')


def test_the_landmarks_lie_on_the_framed_face(still: Still) -> None:
    again = face_landmarks(still.image.round().clip(0, 255).astype(np.uint8), 'framed')
    error = np.hypot(*(again - still.landmarks)[:, :2].T)
    assert error.mean() < 0.02 * still.iod
    # The picture is tight: the chin may touch its border.
    assert (still.landmarks[:, :2] > 0).all() and (still.landmarks[:, :2] < [240, 300]).all()


def test_a_large_colour_picture_is_cropped_to_the_head() -> None:
    small = read_picture(find_people()[9].resting[0])
    large = cv2.cvtColor(cv2.resize(small, None, fx=8, fy=8), cv2.COLOR_GRAY2BGR)
    large = cv2.copyMakeBorder(large, 500, 500, 600, 600, cv2.BORDER_REPLICATE)
    framed = frame_still(large, 'large', 240, 288)
    assert framed.image.shape == (288, 240, 3)
    assert framed.iod == pytest.approx(0.32 * 240, rel=0.03)
