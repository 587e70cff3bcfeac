from __future__ import annotations

import unicodedata
from pathlib import Path

import cv2
import numpy as np
import pytest
from casme2_fixture import write_frames
from reader_checks import events_of, lost_rows
from video_files import ramp
from video_files import write_video as encode

from mmaction_mespot.annotations.annotation_error import AnnotationError
from mmaction_mespot.annotations.own import read_own
from mmaction_mespot.preprocessing.video.open import open_annotated

LABELS = """\
video,onset,apex,offset,type,subject
clips/talk.avi,3,5,8,ME,anna
talk,10,,14,macro,anna
frames,105,0,0,MaE,ben
frames,100,104,109,micro,ben
calm.avi,,,,,anna
"""


def write_video(path: Path, total: int, fps: float = 25.0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*'MJPG'), fps, (32, 24))
    for value in range(total):
        writer.write(np.full((24, 32, 3), value, np.uint8))
    writer.release()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_video(tmp_path / 'clips' / 'talk.avi', 20)
    write_video(tmp_path / 'clips' / 'calm.avi', 6)
    write_frames(tmp_path / 'frames', 10, 'f{:d}.jpg', (16, 12), first=100)
    (tmp_path / 'labels.csv').write_text(LABELS, encoding='utf-8-sig')
    return tmp_path


def test_every_event(root: Path) -> None:
    data, report = read_own(root, fps=50)
    assert events_of(data, 'clips_talk') == [(2, 8, 1, 4), (9, 14, 0, None)]
    assert events_of(data, 'clips_calm') == []
    assert events_of(data, 'frames') == [(0, 10, 1, 4), (5, 6, 0, None)]
    assert report.counts == {
        'row_without_event': 1,
        'apex_missing': 2,
        'offset_and_apex_missing': 1,
        'overlapping_pair': 1,
        'video_without_events': 1,
    }
    assert lost_rows(data, report, range(2, 7)) == []
    assert [video['subject'] for video in data['data_list']] == ['anna', 'anna', 'ben']
    talk = data['data_list'][1]
    assert (talk['video'], talk['total_frames'], talk['size'], talk['fps']) == (
        'clips/talk.avi',
        20,
        [32, 24],
        50,
    )
    assert len(list(open_annotated(talk, root))) == 20
    assert (data['data_list'][2]['start_index'], data['data_list'][2]['frame_dir']) == (100, 'frames')


def test_frame_rates(root: Path) -> None:
    with pytest.raises(AnnotationError, match='frames: no frame rate, expected one given with --fps'):
        read_own(root)
    data = read_own(root, lenient=True)[0]
    assert {video['fps'] for video in data['data_list']} == {25.0}
    with pytest.raises(AnnotationError, match='found -3, expected a number from 0'):
        read_own(root, fps=-3)


def test_without_subjects_each_video_is_a_person(root: Path) -> None:
    (root / 'labels.csv').write_text('video,onset,apex,offset,type\ntalk,3,5,8,ME\n')
    data = read_own(root, fps=25)[0]
    assert [video['subject'] for video in data['data_list']] == ['clips_calm', 'clips_talk', 'frames']


@pytest.mark.parametrize(
    ('row', 'message'),
    [
        ('talk,3,5,8,blink,anna', "labels.csv, row 2, column type: found 'blink'"),
        ('talk,three,5,8,ME,anna', "labels.csv, row 2, column onset: found 'three'"),
        ('talk,3,5,8,ME,otto\ntalk,3,5,8,ME,anna', "row 3, column subject: found 'anna', expected otto"),
        ('talk,3,5,21,ME,anna', 'row 2: event 3..21 past the end of clips_talk, which has 20 frames'),
        ('speech,3,5,8,ME,anna', 'labels.csv: video speech has no folder of frames, but labels in rows 2'),
        (',3,5,8,ME,anna', 'row 2, column video: found None, expected the name of a video'),
    ],
)
def test_row_not_understood(root: Path, row: str, message: str) -> None:
    (root / 'labels.csv').write_text(f'video,onset,apex,offset,type,subject\n{row}\n')
    with pytest.raises(AnnotationError) as raised:
        read_own(root, fps=25)
    assert len(raised.value.problems) == 1
    assert message in str(raised.value)


def test_names_and_tables_that_are_not_clear(root: Path) -> None:
    write_video(root / 'more' / 'talk.avi', 6)
    with pytest.raises(
        AnnotationError, match="'talk', expected a path that only one of clips_talk, more_talk"
    ):
        read_own(root, fps=25)
    (root / 'annotations_report.csv').write_text('rule,file\n')
    (root / 'labels.csv').write_text('video,onset,apex,offset,type\nclips/talk,3,5,8,ME\n')
    assert len(read_own(root, fps=25)[0]['data_list']) == 4
    (root / 'second.csv').write_text('video,onset\n')
    with pytest.raises(
        AnnotationError, match=r'label tables found: labels\.csv, second\.csv; .* with --table'
    ):
        read_own(root)
    with pytest.raises(
        AnnotationError, match=r"columns \['apex', 'offset', 'type'\] expected, found \['video', 'onset'\]"
    ):
        read_own(root, table='second.csv')
    (root / 'bad.avi').write_bytes(b'RIFF')
    with pytest.raises(AnnotationError, match=r'bad\.avi: not a readable video'):
        read_own(root, table='labels.csv', fps=25)


def _small_video(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    encode(path, ramp(20, 32, 32))


def test_results_and_prepared_data_below_the_root_are_no_videos(tmp_path: Path) -> None:
    _small_video(tmp_path / 'a.mp4')
    for folder, name in (('results/a', 'intervals.json'), ('prepared', 'manifest.json')):
        _small_video(tmp_path / folder / 'overlay.mp4')
        (tmp_path / folder / name).write_text('{}')
    (tmp_path / 'labels.csv').write_text('video,onset,apex,offset,type\na,2,4,8,ME\n')
    data, report = read_own(tmp_path)
    assert [video['video_id'] for video in data['data_list']] == ['a']
    assert [row['file'] for row in report.rows if row['rule'] == 'output_folder'] == ['prepared', 'results/a']


def test_spellings_of_a_person_and_of_a_file_name_are_one(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize('NFD', 'Zoë')
    for name in ('a', 'b', decomposed):
        _small_video(tmp_path / f'{name}.mp4')
    (tmp_path / 'labels.csv').write_text(
        'video,onset,apex,offset,type,subject\na,2,4,8,ME,Anna\nb,2,4,8,ME,anna\nZoë,2,4,8,ME,Zoë\n',
        encoding='utf-8',
    )
    data, report = read_own(tmp_path)
    assert {video['video_id']: video['subject'] for video in data['data_list']} == {
        'a': 'Anna',
        'b': 'Anna',
        'Zoë': 'Zoë',
    }
    assert report.counts['subject_spelling'] == 1


def test_pictures_beside_a_video_are_no_frames(tmp_path: Path) -> None:
    _small_video(tmp_path / 'phone' / 'IMG_0001.MOV')
    (tmp_path / 'phone' / 'IMG_0002.JPG').write_bytes(b'picture')
    (tmp_path / 'labels.csv').write_text('video,onset,apex,offset,type\nIMG_0001,2,4,8,ME\n')
    data, _ = read_own(tmp_path)
    assert [video['video_id'] for video in data['data_list']] == ['phone_IMG_0001']
