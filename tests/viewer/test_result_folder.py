from __future__ import annotations

import csv
import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from mmaction_mespot.annotations.own import read_own
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.study.corrections import empty_corrections
from mmaction_mespot.viewer.result_folder import ResultFolder


def point_to(results: Path, video: Path) -> None:
    path = results / 'talk' / 'intervals.json'
    content = json.loads(path.read_text())
    content['video']['path'] = str(video)
    path.write_text(json.dumps(content))


def test_a_playable_video_is_shown_as_it_is(results: Path) -> None:
    folder = ResultFolder(results)
    assert folder.names() == ['talk']
    assert folder.video('talk') == results.parent / 'talk.mp4'


def test_a_title_that_is_no_utf8_is_no_hindrance(results: Path) -> None:
    titled = results.parent / 'titled.mp4'
    with av.open(str(titled), 'w') as container:
        container.metadata['title'] = 'a title'
        stream = container.add_stream('libx264', rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 64, 'yuv420p'
        for _ in range(90):
            picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format='rgb24')
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    data = titled.read_bytes()
    assert data.count(b'a title') == 1
    titled.write_bytes(data.replace(b'a title', b'\xff\xfe\xe9 etc'))
    point_to(results, titled)
    assert ResultFolder(results).video('talk') == titled


def test_another_codec_is_copied_once_with_its_times(results: Path) -> None:
    old = results.parent / 'talk.avi'
    writer = cv2.VideoWriter(str(old), cv2.VideoWriter.fourcc(*'MJPG'), 15.0, (62, 46))
    for i in range(30):
        writer.write(np.full((46, 62, 3), 8 * i, np.uint8))
    writer.release()
    point_to(results, old)
    copy = ResultFolder(results).video('talk')
    assert copy == results / 'talk' / 'frames.mp4'
    with av.open(str(copy)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.width, stream.height) == ('h264', 62, 46)
        assert float(stream.duration * stream.time_base) == pytest.approx(2.0, abs=0.1)
    made = copy.stat().st_mtime_ns
    assert ResultFolder(results).video('talk').stat().st_mtime_ns == made


def test_two_requests_at_once_make_one_copy(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    point_to(results, results.parent)  # a folder, so that a copy is needed
    written: list[Path] = []

    def write_slowly(path: Path, fps: float, preview: Path) -> None:
        written.append(preview)
        time.sleep(0.2)
        preview.write_bytes(b'video')

    monkeypatch.setattr('mmaction_mespot.viewer.result_folder.write_preview', write_slowly)
    folder = ResultFolder(results)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(folder.video, ['talk', 'talk'])) == [results / 'talk' / 'frames.mp4'] * 2
    assert written == [results / 'talk' / 'frames.mp4']


def decisions(*rows: dict[str, Any]) -> dict[str, Any]:
    return {**empty_corrections('anna', dict(MaE=1.0, ME=1.0)), 'rows': list(rows)}


def added(label: str, onset: int, apex: int | None, offset: int) -> dict[str, Any]:
    row = dict(onset=onset, apex=apex, offset=offset)
    times = {f'{key}_s': None if frame is None else frame / 30 for key, frame in row.items()}
    return dict(id=f'{onset}', state='added', label=label, candidate=None, **row, **times)


def test_corrected_intervals_are_read_by_prepare(results: Path) -> None:
    folder = ResultFolder(results)
    folder.save('talk', decisions(added('ME', 50, 55, 61), added('MaE', 10, None, 35)))
    text = folder.write_corrected('talk', 'anna')
    assert text == (
        'video,onset_frame_1based,apex_frame_1based,offset_frame_1based,type,'
        'onset_s,apex_s,offset_s,score,state,coder,note\n'
        'talk.mp4,11,,36,MaE,0.3333,,1.1667,,added,anna,\n'
        'talk.mp4,51,56,62,ME,1.6667,1.8333,2.0333,,added,anna,\n'
    )
    assert (results / 'talk' / 'corrected.csv').read_text() == text
    data, _ = read_own(results.parent, table=results / 'talk' / 'corrected.csv')
    events = data['data_list'][0]['instances']
    assert sorted((e['segment'], e['label'], e.get('apex')) for e in events) == [
        ([10, 36], 0, None),
        ([50, 62], 1, 55),
    ]
    read = folder.rows_of_table('talk', text.encode())
    assert [(r['state'], r['onset'], r['apex'], r['offset']) for r in read['rows']] == [
        ('added', 10, None, 35),
        ('added', 50, 55, 61),
        ('rejected', 10, 20, 35),
        ('rejected', 50, 55, 60),
    ]


def test_what_an_export_replaces_is_kept(results: Path) -> None:
    folder = ResultFolder(results)
    first = folder.write_corrected('talk', 'anna')
    assert folder.write_corrected('talk', 'anna') == first
    assert not (results / 'talk' / 'corrected.1.csv').exists()
    folder.save('talk', decisions())
    second = folder.write_corrected('talk', 'anna')
    assert folder.write_corrected('talk', 'ben') != second
    assert (results / 'talk' / 'corrected.1.csv').read_text() == first
    assert (results / 'talk' / 'corrected.2.csv').read_text() == second


@pytest.mark.parametrize('name', ['=1+1.mp4', '@a.mp4', '-a.mp4', '+a.mp4'])
def test_no_cell_is_a_formula(results: Path, name: str) -> None:
    (results.parent / 'talk.mp4').rename(results.parent / name)
    point_to(results, results.parent / name)
    folder = ResultFolder(results)
    row = dict(added('ME', 50, 55, 61), note='=HYPERLINK("x")')
    folder.save('talk', decisions(row))
    text = folder.write_corrected('talk', 'anna')
    cells = [cell for line in csv.reader(text.splitlines()) for cell in line]
    assert not [cell for cell in cells if cell.startswith(('=', '+', '-', '@'))]
    assert folder.rows_of_table('talk', text.encode())['rows'][0]['note'] == row['note']
    data, _ = read_own(results.parent, table=results / 'talk' / 'corrected.csv')
    assert [len(video['instances']) for video in data['data_list']] == [1]


@pytest.mark.parametrize(
    'table',
    [
        b'\xff',
        b'',
        b'video,onset\ntalk.mp4,1\n',
        b'video,onset,apex,offset,type\ntalk.mp4,1.5,2,3,ME\n',
        b'video,onset,apex,offset,type\ntalk.mp4,0,2,3,ME\n',
        b'video,onset,apex,offset,type\ntalk.mp4,1,2,91,ME\n',
        b'video,onset,apex,offset,type\ntalk.mp4,5,2,9,ME\n',
        b'video,onset,apex,offset,type\ntalk.mp4,5,6,9,Me\n',
        b'video,onset_frame_0based,apex,offset,type\ntalk.mp4,5,6,9,ME\n',
    ],
)
def test_a_table_that_is_none(results: Path, table: bytes) -> None:
    with pytest.raises(MESpotError, match=r'the table: .*(expected|no readable)'):
        ResultFolder(results).rows_of_table('talk', table)


def test_a_video_without_events_keeps_its_row(results: Path) -> None:
    folder = ResultFolder(results)
    folder.save('talk', decisions())
    assert folder.write_corrected('talk', 'anna').splitlines()[1] == 'talk.mp4,,,,,,,,,,anna,'
    data, _ = read_own(results.parent, table=results / 'talk' / 'corrected.csv')
    assert data['data_list'][0]['instances'] == []


def test_frames_of_a_folder_are_those_of_the_names(results: Path) -> None:
    images = results.parent / 'frames'
    images.mkdir()
    for number in range(7, 97):
        cv2.imwrite(str(images / f'img{number:03d}.png'), np.zeros((47, 63, 3), np.uint8))
    point_to(results, images)
    folder = ResultFolder(results)
    folder.save('talk', decisions(added('ME', 50, 55, 61)))
    lines = folder.write_corrected('talk', 'anna').splitlines()
    assert lines[0].startswith('video,onset_frame_in_name,') and lines[1].startswith('frames,57,62,68,ME')
    with av.open(str(folder.video('talk'))) as container:
        stream = container.streams.video[0]  # H.264 takes even sides only
        assert (stream.width, stream.height, stream.frames) == (64, 48, 90)
    times = folder.times('talk')
    assert times['time_s'] == pytest.approx([i / 30 for i in range(90)], abs=1e-4)


def test_what_is_not_there(results: Path) -> None:
    folder = ResultFolder(results)
    with pytest.raises(MESpotError, match=r"no results of '\.\./results'"):
        folder.folder('../results')
    with pytest.raises(MESpotError, match='no such folder'):
        ResultFolder(results / 'nothing')
    point_to(results, results / 'gone.mp4')
    with pytest.raises(MESpotError, match='has moved'):
        folder.video('talk')
    (results / 'talk' / 'intervals.json').write_text('{}')
    with pytest.raises(MESpotError, match=r'intervals\.json: no result'):
        folder.read('talk')
