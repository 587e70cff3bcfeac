from __future__ import annotations

from pathlib import Path

import pytest
from casme2_fixture import write_frames

from mmaction_mespot.annotations.annotation_error import AnnotationError
from mmaction_mespot.annotations.frame_folder import FrameFolder


@pytest.mark.parametrize('template', ['img{:03d}.jpg', 'img_{:d}.jpg', '{:05d}.jpg', '006_1_{:04d}.jpg'])
def test_finds_the_naming_and_counts_by_number(tmp_path: Path, template: str) -> None:
    write_frames(tmp_path / 'video', 1001, template, size=(8, 6))
    (tmp_path / 'video' / '._img001.jpg').touch()
    (tmp_path / 'video' / 'Thumbs.db').touch()
    frames = FrameFolder.scan(tmp_path / 'video')
    assert frames.filename_tmpl == template
    assert (frames.start_index, frames.total_frames, frames.size) == (1, 1001, (8, 6))


def test_mixed_names_are_an_error(tmp_path: Path) -> None:
    write_frames(tmp_path / 'video', 12)
    (tmp_path / 'video' / 'img12.jpg').touch()
    with pytest.raises(
        AnnotationError, match=r'1 frames are not named img\{:03d\}.jpg as the others \(first: img12.jpg'
    ):
        FrameFolder.scan(tmp_path / 'video')
    with pytest.raises(AnnotationError, match='no such folder'):
        FrameFolder.scan(tmp_path / 'nowhere')
