from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.viewer import ViewerServer

Answer = tuple[int, dict[str, str], bytes]


def spot(video: Path) -> str | None:
    """Takes every video but those called bad; breaks down at a broken one."""
    if video.stem == 'broken':
        raise RuntimeError('no such thing')
    return f'{video.name}: no face' if video.stem == 'bad' else None


@pytest.fixture
def server(results: Path) -> Iterator[ViewerServer]:
    with ViewerServer(results, spot) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


def ask(
    server: ViewerServer, path: str, method: str = 'GET', body: bytes | None = None, **headers: str
) -> Answer:
    connection = HTTPConnection('127.0.0.1', server.server_port, timeout=20)
    connection.request(method, path, body, {key.replace('_', '-'): value for key, value in headers.items()})
    answer = connection.getresponse()
    return answer.status, dict(answer.getheaders()), answer.read()


def test_page_results_and_media(server: ViewerServer, results: Path) -> None:
    status, headers, page = ask(server, '/')
    assert (status, headers['Content-Type']) == (200, 'text/html; charset=utf-8') and b'viewer.js' in page
    assert ask(server, '/page/viewer.js')[1]['Content-Type'].startswith('text/javascript')
    assert json.loads(ask(server, '/api/results')[2]) == dict(results=['talk'], jobs=[])
    assert json.loads(ask(server, '/api/results/talk')[2])['notes'] == ['a note']
    assert ask(server, '/media/talk/thumbnails/000_apex.jpg')[1]['Content-Type'] == 'image/jpeg'
    assert ask(server, '/media/talk/video')[2] == (results.parent / 'talk.mp4').read_bytes()


def test_a_player_asks_for_ranges(server: ViewerServer, results: Path) -> None:
    whole = (results.parent / 'talk.mp4').read_bytes()
    status, headers, body = ask(server, '/media/talk/video', Range='bytes=10-19')
    assert (status, body) == (206, whole[10:20])
    assert headers['Content-Range'] == f'bytes 10-19/{len(whole)}'
    assert ask(server, '/media/talk/video', Range=f'bytes={len(whole) - 5}-')[2] == whole[-5:]
    assert ask(server, '/media/talk/video', Range=f'bytes={len(whole)}-')[0] == 416


@pytest.mark.parametrize(
    'path',
    [
        '/nothing',
        '/api/results/other',
        '/page/..%2Fresult_folder.py',
        '/media/talk/thumbnails/..%2Fintervals.json',
    ],
)
def test_nothing_else_is_served(server: ViewerServer, path: str) -> None:
    status, _, body = ask(server, path)
    assert status == 404 and 'error' in json.loads(body)


def test_corrections(server: ViewerServer, results: Path) -> None:
    rows = [dict(label='ME', onset=50, apex=55, offset=60, score=None)]
    path = '/api/results/talk/corrected'
    status, headers, body = ask(server, path, 'POST', json.dumps(rows).encode(), X_Mespot='1')
    assert (status, headers['Content-Type']) == (200, 'text/csv; charset=utf-8')
    assert body == (results / 'talk' / 'corrected.csv').read_bytes()
    assert ask(server, path, 'POST', b'{', X_Mespot='1')[0] == 400


def test_other_sites_are_refused(server: ViewerServer) -> None:
    assert ask(server, '/api/results/talk/corrected', 'POST', b'[]')[0] == 403
    assert ask(server, '/api/results', Host='evil.example')[0] == 403


def test_uploads_are_spotted_one_after_the_other(server: ViewerServer, results: Path) -> None:
    for name in ('bad.mp4', 'broken.mp4', 'good.mp4', 'good.mp4'):
        assert ask(server, f'/api/upload/{name}', 'POST', b'abc', X_Mespot='1')[0] == 200
    deadline = time.monotonic() + 20
    while any(job['state'] in ('waiting', 'running') for job in server.queue.states()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert server.queue.states() == [
        dict(name='bad.mp4', state='failed', message='bad.mp4: no face'),
        dict(name='broken.mp4', state='failed', message='RuntimeError: no such thing'),
        dict(name='good.mp4', state='done', message=''),
        dict(name='good_2.mp4', state='done', message=''),
    ]
    assert (results / 'uploads' / 'good_2.mp4').read_bytes() == b'abc'


@pytest.mark.parametrize('name', ['text.txt', '..%2Fup.mp4'])
def test_uploads_of_something_else(server: ViewerServer, name: str) -> None:
    status, _, body = ask(server, f'/api/upload/{name}', 'POST', b'abc', X_Mespot='1')
    assert status in (400, 404) and 'error' in json.loads(body)


def test_a_taken_port(server: ViewerServer, results: Path) -> None:
    with pytest.raises(MESpotError, match='cannot be opened'):
        ViewerServer(results, spot, server.server_port)
