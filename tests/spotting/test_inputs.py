from __future__ import annotations

from pathlib import Path

import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.spotting.inputs import find_videos, named_videos


def test_files_frame_folders_and_folders_of_both(tmp_path: Path) -> None:
    for name in (
        'clips/b.MP4',
        'clips/a.avi',
        'clips/notes.md',
        'clips/.hidden.mp4',
        'clips/calm/img_1.jpg',
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    inside = [tmp_path / 'clips' / name for name in ('a.avi', 'b.MP4', 'calm')]
    assert find_videos([tmp_path / 'clips']) == inside
    frames, text = tmp_path / 'clips' / 'calm', tmp_path / 'clips' / 'notes.md'
    # A file that is named is tried whatever its ending; what is there twice is done once.
    assert find_videos([frames, text, frames]) == [frames, text]
    (tmp_path / 'empty').mkdir()
    missing = tmp_path / 'nothing.mp4'
    assert find_videos([tmp_path / 'empty', missing]) == [tmp_path / 'empty', missing]


def test_each_video_gets_a_name_of_its_own(tmp_path: Path) -> None:
    (tmp_path / 'frames.v1').mkdir()
    paths = [Path('a/talk.mp4'), Path('b/Talk.avi'), Path('c/talk.mp4'), tmp_path / 'frames.v1']
    assert list(named_videos(paths).values()) == ['talk', 'Talk_2', 'talk_3', 'frames.v1']


def test_folders_are_searched_at_any_depth_and_stay_in_the_name(tmp_path: Path) -> None:
    for name in ('P01/a.mp4', 'P02/day1/a.mp4', 'a.mp4', 'out/a/intervals.json', 'out/a/overlay.mp4'):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / 'P01' / 'loop').symlink_to(tmp_path, target_is_directory=True)
    assert list(named_videos([tmp_path]).values()) == ['P01/a', 'P02/day1/a', 'a']
    assert named_videos([tmp_path / 'P01', tmp_path / 'P02' / 'day1'])[tmp_path / 'P02/day1/a.mp4'] == 'a_2'


def test_a_list_of_videos(tmp_path: Path) -> None:
    for name in ('P01/a.mp4', 'P02/a.mp4', 'more/b.mp4'):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    listed = tmp_path / 'videos.txt'
    listed.write_text(f'# study\nP01/a.mp4\n\n P02/a.mp4 \n{tmp_path}/more/b.mp4\nmore\nlost.mp4\n')
    names = named_videos([listed])
    expected = {'P01/a.mp4': 'P01/a', 'P02/a.mp4': 'P02/a', 'more/b.mp4': 'b', 'lost.mp4': 'lost'}
    assert names == {tmp_path / path: name for path, name in expected.items()}
    listed.write_text('# nothing\n')
    with pytest.raises(MESpotError, match=r'videos\.txt: expected paths, one per line, found none'):
        find_videos([listed])
    listed.write_bytes(b'\xff\xfe\x00')
    with pytest.raises(MESpotError, match='found no UTF-8 text'):
        find_videos([listed])
