from __future__ import annotations

from pathlib import Path

from mmaction_mespot.apis.spot_inputs import find_videos, result_names


def test_files_frame_folders_and_folders_of_both(tmp_path: Path) -> None:
    for name in (
        'clips/b.MP4',
        'clips/a.avi',
        'clips/notes.txt',
        'clips/.hidden.mp4',
        'clips/calm/img_1.jpg',
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    inside = [tmp_path / 'clips' / name for name in ('a.avi', 'b.MP4', 'calm')]
    assert find_videos([tmp_path / 'clips']) == inside
    frames, text = tmp_path / 'clips' / 'calm', tmp_path / 'clips' / 'notes.txt'
    # A file that is named is tried whatever its ending; what is there twice is done once.
    assert find_videos([frames, text, frames]) == [frames, text]
    (tmp_path / 'empty').mkdir()
    missing = tmp_path / 'nothing.mp4'
    assert find_videos([tmp_path / 'empty', missing]) == [tmp_path / 'empty', missing]


def test_each_video_gets_a_name_of_its_own(tmp_path: Path) -> None:
    (tmp_path / 'frames.v1').mkdir()
    paths = [Path('a/talk.mp4'), Path('b/Talk.avi'), Path('c/talk.mp4'), tmp_path / 'frames.v1']
    assert result_names(paths) == ['talk', 'Talk_2', 'talk_3', 'frames.v1']
