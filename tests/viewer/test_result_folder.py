from __future__ import annotations

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
from mmaction_mespot.viewer.result_folder import ResultFolder

ROW = dict(label='ME', onset=50, apex=55, offset=60)


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
    assert copy == results / 'talk' / 'preview.mp4'
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

    monkeypatch.setattr('mmaction_mespot.viewer.result_folder._write_preview', write_slowly)
    folder = ResultFolder(results)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(folder.video, ['talk', 'talk'])) == [results / 'talk' / 'preview.mp4'] * 2
    assert written == [results / 'talk' / 'preview.mp4']


def test_corrected_intervals_are_read_by_prepare(results: Path) -> None:
    rows: list[dict[str, Any]] = [ROW, dict(label='MaE', onset=10, apex=None, offset=35)]
    text = ResultFolder(results).write_corrected('talk', rows)
    assert text == 'video,onset,apex,offset,type\ntalk.mp4,51,56,61,ME\ntalk.mp4,11,,36,MaE\n'
    assert (results / 'talk' / 'corrected.csv').read_text() == text
    data, _ = read_own(results.parent, table=results / 'talk' / 'corrected.csv')
    events = data['data_list'][0]['instances']
    assert sorted((e['segment'], e['label'], e.get('apex')) for e in events) == [
        ([10, 36], 0, None),
        ([50, 61], 1, 55),
    ]


def test_a_video_without_events_keeps_its_row(results: Path) -> None:
    text = ResultFolder(results).write_corrected('talk', [])
    assert text.splitlines()[1] == 'talk.mp4,,,,'
    data, _ = read_own(results.parent, table=results / 'talk' / 'corrected.csv')
    assert data['data_list'][0]['instances'] == []


def test_frames_of_a_folder_are_those_of_the_names(results: Path) -> None:
    images = results.parent / 'frames'
    images.mkdir()
    for number in range(7, 97):
        cv2.imwrite(str(images / f'img{number:03d}.png'), np.zeros((47, 63, 3), np.uint8))
    point_to(results, images)
    assert ResultFolder(results).write_corrected('talk', [ROW]).splitlines()[1] == 'frames,57,62,67,ME'
    with av.open(str(ResultFolder(results).video('talk'))) as container:
        stream = container.streams.video[0]  # H.264 takes even sides only
        assert (stream.width, stream.height, stream.frames) == (64, 48, 90)


@pytest.mark.parametrize(
    'bad', [dict(ROW, offset=90), dict(ROW, apex=49), dict(ROW, label='x'), dict(onset=1)]
)
def test_an_interval_that_is_none(results: Path, bad: dict[str, Any]) -> None:
    with pytest.raises(MESpotError, match=r'expected .* found'):
        ResultFolder(results).write_corrected('talk', [bad])
    assert not (results / 'talk' / 'corrected.csv').exists()


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
