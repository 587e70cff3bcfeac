"""Folders, names and tables as users have them."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import cv2
import numpy as np
import pytest
from video_files import number_of, ramp, write_video

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.video import VideoError, open_video_source, resample
from mmaction_mespot.spotting.ground_truth import LabelledRow, check_labels, ground_truth_of
from mmaction_mespot.spotting.inputs import named_videos
from mmaction_mespot.visualization.style import new_figure, save_figure


def _folder(path: Path, numbers: list[int], prefix: str = 'img_') -> Path:
    path.mkdir(exist_ok=True)
    images = ramp(60)
    for number in numbers:
        cv2.imwrite(str(path / f'{prefix}{number:05d}.png'), images[number % 60])
    return path


def test_missing_frames_are_held_and_noted(tmp_path: Path) -> None:
    folder = _folder(tmp_path / 'talk', [n for n in range(1, 51) if not 11 <= n <= 17 and n != 30])
    source = open_video_source(folder, 30)
    frames = list(source)
    assert [frame.index for frame in frames] == [n - 1 for n in range(1, 51) if not 11 <= n <= 17 and n != 30]
    assert frames[10].time_s == pytest.approx(17 / 30)
    assert source.total_frames == 50
    assert source.notes == [
        'missing: frames 11-17; the frame before them is held',
        'missing: frames 30; the frame before them is held',
    ]
    shown = [number_of(frame.image) for frame in resample(source, 30)]
    assert (len(shown), shown[9:18]) == (50, [10, 10, 10, 10, 10, 10, 10, 10, 18])


def test_labels_count_by_the_numbers_in_the_names(tmp_path: Path) -> None:
    folder = _folder(tmp_path / 'talk', [n for n in range(101, 151) if not 120 <= n <= 125])
    rows = [LabelledRow('talk', 1, 130, None, 135)]
    (event,) = ground_truth_of(folder, rows, 50, np.arange(50), np.arange(50) / 30)
    assert (event['onset'], event['offset'], event['onset_s']) == (29, 34, pytest.approx(29 / 30, abs=1e-4))


def test_every_second_number_is_a_frame(tmp_path: Path) -> None:
    source = open_video_source(_folder(tmp_path / 'talk', list(range(0, 40, 2))), 30)
    assert [frame.index for frame in source] == list(range(20))
    assert source.notes == ['the numbers of the images rise by 2: taken as consecutive frames']


def test_pictures_of_several_videos_are_refused(tmp_path: Path) -> None:
    folder = _folder(tmp_path / 'talk', [1, 2, 3])
    cover = folder / 'cover_1.png'
    cv2.imwrite(str(cover), np.zeros((9, 9, 3), np.uint8))
    source = open_video_source(folder, 30)
    assert len(list(source)) == 3
    assert source.notes == ['skipped: 1 images that are not named img_<number>']
    _folder(folder, [2, 3], 'cover_')
    with pytest.raises(VideoError, match=r'talk: images of several videos \(cover_\*, img_\*\)'):
        open_video_source(folder, 30)


@pytest.mark.parametrize('bits', [8, 10, 12, 14, 16])
def test_pictures_of_sixteen_bits_are_as_bright_as_their_bits_say(bits: int, tmp_path: Path) -> None:
    folder = tmp_path / 'talk'
    folder.mkdir()
    ramp_up = np.tile(np.linspace(0, 2**bits - 1, 96), (64, 1)).astype(np.uint16)
    for number in range(3):
        cv2.imwrite(str(folder / f'img_{number}.png'), ramp_up)
    source = open_video_source(folder, 30)
    image = next(iter(source)).image
    np.testing.assert_allclose(image[0, :, 0], np.linspace(0, 255, 96), atol=1.5)
    noted = [f'16-bit pictures with only {bits} bits used: brightened accordingly'] if bits < 16 else []
    assert source.notes == noted


def test_pictures_of_fractions_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / 'talk'
    folder.mkdir()
    cv2.imwrite(str(folder / 'img_1.tif'), np.zeros((20, 20, 3), np.float32))
    with pytest.raises(VideoError, match=r'pixels of type float32, expected whole numbers of 8 or 16 bits'):
        open_video_source(folder, 30)


def test_what_is_no_video_in_a_folder_is_listed(tmp_path: Path) -> None:
    names = ('a.mp4', 'b.MTS', 'c.m2ts', 'd.ts', 'e.3gp', 'f.flv', 'IMG_0001.MOV', 'IMG_0002.JPG', 'x.txt')
    for name in names:
        (tmp_path / name).touch()
    (tmp_path / 'code.ts').write_text('export const x = 1;')
    passed_over: list[Path] = []
    videos = named_videos([tmp_path], passed_over)
    assert [path.name for path in videos] == sorted(names[:7])
    assert [path.name for path in passed_over] == ['IMG_0002.JPG', 'code.ts', 'x.txt']


def test_a_table_that_names_no_video_lists_its_rows(tmp_path: Path) -> None:
    rows = [LabelledRow('talk', 1, 1, None, 9, row=2), LabelledRow('other', 1, 1, None, 9, row=3)]
    with pytest.raises(MESpotError, match=r'no row names a given video \(row 2: talk; row 3: other\)'):
        check_labels(rows, [tmp_path / 'walk.mp4'])
    assert [row.row for row in check_labels(rows, [tmp_path / 'talk.mp4'])] == [3]
    assert check_labels([], [tmp_path / 'walk.mp4']) == []


def test_names_are_compared_composed(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize('NFD', 'Zoë')
    path = write_video(tmp_path / f'{decomposed}.mp4', ramp(12))
    assert named_videos([path]) == {path: 'Zoë'}
    assert check_labels([LabelledRow('Zoë', 1, 2, None, 9, row=2)], [path]) == []


@pytest.mark.parametrize('name', ['$_x_$ talk', '$', r'\frac{', '100 %', 'a_b^c', '\udcff', '中文'])
def test_every_legal_file_name_is_a_title(name: str, tmp_path: Path) -> None:
    figure = new_figure(1.0)
    figure.suptitle(name)
    axes = figure.subplots()
    axes.set_yticks([0, 1], [name.encode('utf-8', 'replace').decode(), 'b'])
    assert save_figure(figure, tmp_path / 'a.png').stat().st_size > 1000
