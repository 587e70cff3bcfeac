from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from casme2_fixture import LABELS, write_casme2, write_frames, write_workbook

from mmaction_mespot.annotations.annotation_error import AnnotationError
from mmaction_mespot.annotations.casme2 import read_casme2


@pytest.fixture(scope='module')
def download(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_casme2(tmp_path_factory.mktemp('casme2'))


def events_of(data: dict, video_id: str) -> list[tuple]:
    video = next(video for video in data['data_list'] if video['video_id'] == video_id)
    return [(*event['segment'], event['label'], event.get('apex')) for event in video['instances']]


def entry(root: Path, *labels: tuple, videos: dict | None = None, **options: str) -> tuple[dict, object]:
    write_casme2(root, labels=list(labels), videos=videos or {'s15/15_0101disgustingteeth': 120})
    return read_casme2(root, **options)


def test_every_event(download: Path) -> None:
    data, report = read_casme2(download)
    # onset..offset inclusive from 1 -> [onset - 1, offset) from 0
    assert events_of(data, 's15_0101') == [(9, 40, 0, 19), (49, 58, 0, 57), (59, 70, 1, 64)]
    assert events_of(data, 's15_0502') == [(99, 130, 0, None), (199, 230, 0, None), (989, 1005, 0, 999)]
    assert events_of(data, 's16_0401') == [(29, 46, 1, 35), (29, 60, 0, 39), (89, 95, 0, 94)]
    assert events_of(data, 's19_0102') == []
    assert data['metainfo'] == {
        'dataset': 'casme2',
        'classes': ['MaE', 'ME'],
        'part': None,
        'source_root': str(download.resolve()),
        'offset_rule': 'apex',
    }
    assert data['data_list'][1] == {
        'video_id': 's15_0502',
        'subject': 's15',
        'frame_dir': 'rawpic/s15/15_0502funnyerrors',
        'filename_tmpl': 'img{:03d}.jpg',
        'start_index': 1,
        'total_frames': 1005,
        'fps': 30.0,
        'size': [32, 24],
        'instances': data['data_list'][1]['instances'],
    }
    first = data['data_list'][0]['instances'][0]
    assert first['source'] == {'file': 'CAS(ME)^2code_final.xlsx', 'row': 1}
    assert (first['emotion'], first['action_units']) == ('disgust', '4+7')
    assert data['data_list'][1]['instances'][2]['emotion'] == 'happiness'
    assert report.counts == {
        'offset_missing_apex': 2,
        'apex_missing': 1,
        'apex_after_offset': 1,
        'emotion_spelling': 2,
        'blanks_stripped': 1,
        'overlapping_pair': 1,
        'video_without_events': 1,
    }


def test_summary_and_rows_name_every_rule(download: Path, tmp_path: Path) -> None:
    report = read_casme2(download)[1]
    summary = report.summary().splitlines()
    assert summary[:3] == [
        'workbook: CAS(ME)^2code_final.xlsx',
        'frames: rawpic',
        'totals: 7 MaE and 2 ME in 4 videos of 3 subjects',
    ]
    assert '2 events without offset: offset = apex' in summary
    report.save_csv(tmp_path / 'annotations_report.csv')
    with (tmp_path / 'annotations_report.csv').open(encoding='utf-8') as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 9
    row = next(row for row in rows if row['rule'] == 'offset_missing_apex')
    assert row['file'] == 'CAS(ME)^2code_final.xlsx'
    assert (row['sheet'], row['row']) == ('CASFEcode_final', '2')
    assert (row['found'], row['done']) == ('onset 50, apex 58, offset 0', 'offset 58')


@pytest.mark.parametrize(
    ('rule', 'first', 'last', 'clipped'),
    [
        ('apex', (49, 58), (89, 95), 0),
        ('apex+20', (49, 78), (89, 100), 1),  # 95 + 20 lies past the last of 100 frames
        ('mirror', (49, 66), (89, 100), 0),  # 2 * 95 - 90 = 100
        ('drop', None, None, 0),
    ],
)
def test_offset_rules(download: Path, rule: str, first: tuple, last: tuple, clipped: int) -> None:
    data, report = read_casme2(download, offset_rule=rule)
    segments = [[event[:2] for event in events_of(data, video)] for video in ('s15_0101', 's16_0401')]
    assert segments[0] == [(9, 40), *([first] if first else []), (59, 70)]
    assert segments[1] == [(29, 46), (29, 60), *([last] if last else [])]
    assert report.counts[f'offset_missing_{rule}'] == 2
    assert report.counts['filled_offset_clipped'] == clipped


def test_both_trees_and_the_choice(tmp_path: Path) -> None:
    write_casme2(tmp_path, tree='longVideoFaceCropped')
    cropped = read_casme2(tmp_path)[0]
    assert cropped['data_list'][1]['filename_tmpl'] == 'img_{:d}.jpg'
    assert cropped['data_list'][1]['total_frames'] == 1005
    assert cropped['data_list'][1]['frame_dir'] == 'longVideoFaceCropped/s15/15_0502funnyerrors'
    write_frames(tmp_path / 'rawpic' / 's15' / '15_0101disgustingteeth', 120)
    write_workbook(tmp_path / 'CAS(ME)^2code_final.xlsx', LABELS[:3])
    assert read_casme2(tmp_path)[0]['data_list'][0]['frame_dir'].startswith('rawpic/')
    chosen = read_casme2(tmp_path, frame_tree='longVideoFaceCropped')[0]
    assert len(chosen['data_list']) == 4
    with pytest.raises(
        AnnotationError, match=r"frame tree 'cropped', expected one of longVideoFaceCropped, rawpic"
    ):
        read_casme2(tmp_path, frame_tree='cropped')


@pytest.mark.parametrize(
    'name', ['CAS(ME)^2code_final(Updated).xlsx', 'code_final.xlsx', 'labels/CAS(ME)2code_final.xlsx']
)
def test_names_of_the_workbook_and_nested_trees(tmp_path: Path, name: str) -> None:
    root = write_casme2(
        tmp_path, 'rawpic/rawpic', name, LABELS[:3], videos={'s15/15_0101disgustingteeth': 120}
    )
    data, report = read_casme2(root)
    assert data['data_list'][0]['frame_dir'] == 'rawpic/rawpic/s15/15_0101disgustingteeth'
    assert report.found['workbook'] == name


def test_updated_workbook_wins(tmp_path: Path) -> None:
    write_casme2(tmp_path, videos={'s15/15_0101disgustingteeth': 120}, labels=LABELS[:1])
    write_workbook(tmp_path / 'CAS(ME)^2code_final(Updated).xlsx', LABELS[:2])
    assert len(events_of(read_casme2(tmp_path)[0], 's15_0101')) == 2


def test_code_stored_as_number_and_blank_rows(tmp_path: Path) -> None:
    write_frames(tmp_path / 'rawpic' / 's15' / '15_0101disgustingteeth', 120)
    path = tmp_path / 'code_final.xlsx'
    write_workbook(path, LABELS[:2], naming_rule_2=[(101, 'disgust1')], blank_rows_above=2)
    data, report = read_casme2(tmp_path)
    assert [event['source']['row'] for event in data['data_list'][0]['instances']] == [3, 4]
    assert report.counts['code_as_number'] == 1


def test_apex_before_onset_and_no_apex_at_all(tmp_path: Path) -> None:
    data, report = entry(
        tmp_path,
        (1, 'disgust1_1', 10, 5, 40, '4', '', 'macro-expression', ''),
        (1, 'disgust1_2', 50, 0, 0, '4', '', 'micro-expression', ''),
    )
    assert events_of(data, 's15_0101') == [(9, 40, 0, None), (49, 50, 1, None)]
    assert report.counts['apex_before_onset'] == 1
    assert report.counts['offset_and_apex_missing'] == 1


@pytest.mark.parametrize(
    ('row', 'message'),
    [
        (
            (1, 'disgust1_1', 'ten', 12, 20, '', '', 'macro-expression', ''),
            "column onset: found 'ten', expected a whole",
        ),
        (
            (1, 'disgust1_1', 0, 12, 20, '', '', 'macro-expression', ''),
            'column onset: found 0, expected a frame number',
        ),
        ((1, 'disgust1_1', 10, 12.5, 20, '', '', 'macro-expression', ''), 'column apex: found 12.5'),
        (
            (1, 'disgust1_1', 10, 12, 9, '', '', 'macro-expression', ''),
            'column offset: found 9, expected 0 or',
        ),
        (
            (7, 'disgust1_1', 10, 12, 20, '', '', 'macro-expression', ''),
            'column subject: found 7, expected a subject',
        ),
        (
            (1, 'disgust1', 10, 12, 20, '', '', 'macro-expression', ''),
            "column video: found 'disgust1', expected",
        ),
        ((1, 'joy1_1', 10, 12, 20, '', '', 'macro-expression', ''), "column video: found 'joy1_1', expected"),
        (
            (1, 'disgust1_1', 10, 12, 20, '', '', 'macro', ''),
            "column type: found 'macro', expected macro-expr",
        ),
        ((1, 'disgust1_1', 10, 12), 'column type: found None'),
    ],
)
def test_row_not_understood(tmp_path: Path, row: tuple, message: str) -> None:
    with pytest.raises(AnnotationError) as raised:
        entry(tmp_path, LABELS[0], row)
    assert raised.value.problems == [raised.value.problems[0]]
    assert 'CAS(ME)^2code_final.xlsx, sheet CASFEcode_final, row 2, ' + message in str(raised.value)
    data, report = read_casme2(tmp_path, lenient=True)
    assert events_of(data, 's15_0101') == [(9, 40, 0, 19)]
    assert report.counts['not_understood'] == 1


def test_all_faults_at_once(tmp_path: Path) -> None:
    write_casme2(tmp_path, labels=[*LABELS, (3, 'anger2_1', 5, 6, 7, '', '', 'micro-expression', '')])
    (tmp_path / 'rawpic/s15/15_0502funnyerrors/img057.jpg').unlink()
    (tmp_path / 'rawpic/s16/16_0401girlcrashing/img100.jpg').unlink()
    write_frames(tmp_path / 'rawpic/s19/19_0503hollow', 0)
    write_frames(tmp_path / 'rawpic/s19/16_0505other', 2)
    (tmp_path / 'rawpic/s19/19_0507late').mkdir()
    (tmp_path / 'rawpic/s16/16_0401girlcrashing/img100.jpg').touch()
    (tmp_path / 'rawpic/s19/19_0102eatingworms/img001.jpg').write_bytes(b'')
    labels = [*LABELS, (3, 'anger2_1', 5, 6, 7, '', '', 'micro-expression', '')]
    labels[0] = (1, 'disgust1_1', 10, 20, 121, '4', '', 'macro-expression', '')
    write_workbook(tmp_path / 'CAS(ME)^2code_final.xlsx', labels)
    with pytest.raises(AnnotationError) as raised:
        read_casme2(tmp_path)
    for expected in (
        'rawpic/s15/15_0502funnyerrors: gap in the numbering: 1 of 1..1005 missing (57)',
        'row 1: event 10..121 past the end of s15_0101, which has 120 frames',
        'rawpic/s19/19_0503hollow: no numbered image among 0 files',
        'rawpic/s19/16_0505other: a video of subject 16 in s19',
        'rawpic/s19/19_0102eatingworms: first frame img001.jpg is no readable image',
        'video s19_0402 has no folder of frames, but labels in rows 10',
        'video s15_0502 has faulty frames, but labels in rows 4, 5, 6',
    ):
        assert expected in str(raised.value)


def test_folders_that_are_no_video_are_reported(tmp_path: Path) -> None:
    write_casme2(tmp_path, labels=LABELS[:1], videos={'s15/15_0101disgustingteeth': 120})
    (tmp_path / 'rawpic/s15/notes').mkdir()
    assert read_casme2(tmp_path)[1].counts['folder_ignored'] == 1


def test_wrong_place(tmp_path: Path) -> None:
    with pytest.raises(AnnotationError, match='no such folder'):
        read_casme2(tmp_path / 'nowhere')
    with pytest.raises(AnnotationError, match='label workbooks found: none; expected one of CAS'):
        read_casme2(tmp_path)
    write_workbook(tmp_path / 'code_final.xlsx')
    with pytest.raises(
        AnnotationError, match='frame trees found: none; expected rawpic or longVideoFaceCropped'
    ):
        read_casme2(tmp_path)
    write_frames(tmp_path / 'rawpic/s15/15_0101x', 1)
    with pytest.raises(AnnotationError, match="found 'half', expected one of apex, apex"):
        read_casme2(tmp_path, offset_rule='half')
    (tmp_path / 'code_final.xlsx').write_bytes(b'no workbook')
    with pytest.raises(AnnotationError, match=r'code_final.xlsx: no readable workbook'):
        read_casme2(tmp_path)


def test_sidecar_files(tmp_path: Path) -> None:
    write_casme2(tmp_path)
    (tmp_path / 'video_info.csv').write_text('frame_dir,fps\nrawpic/s16/16_0401girlcrashing,25\n')
    (tmp_path / 'splits.json').write_text(
        json.dumps({'part': 'hard', 'splits': {'train': ['s15'], 'test': ['s16', 's99']}})
    )
    data, report = read_casme2(tmp_path)
    assert [video['fps'] for video in data['data_list']] == [30.0, 30.0, 25.0, 30.0]
    assert data['metainfo']['part'] == 'hard'
    assert data['metainfo']['splits'] == {'train': ['s15'], 'test': ['s16']}
    assert report.counts['split_subject_absent'] == 1
    (tmp_path / 'splits.json').write_text(json.dumps({'splits': {'train': ['s15'], 'test': ['s15']}}))
    with pytest.raises(AnnotationError, match='subject s15 is in split train and in split test'):
        read_casme2(tmp_path)
    (tmp_path / 'splits.json').write_text('[]')
    with pytest.raises(AnnotationError, match=r'splits\.json: '):
        read_casme2(tmp_path)
    (tmp_path / 'splits.json').unlink()
    (tmp_path / 'video_info.csv').write_text('frame_dir,fps\nrawpic/s16/16_0401girlcrashing,fast\n')
    with pytest.raises(AnnotationError, match="row 2, column fps: found 'fast'"):
        read_casme2(tmp_path)
    (tmp_path / 'video_info.csv').write_text('frame_dir,fps\nrawpic/s16/16_0409nothing,25\n')
    with pytest.raises(AnnotationError, match=r'video_info\.csv: no video s16/16_0409nothing under rawpic'):
        read_casme2(tmp_path)
