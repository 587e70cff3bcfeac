from __future__ import annotations

import json
import random
import socket
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.study.corrections import empty_corrections
from mmaction_mespot.viewer import ViewerServer

Answer = tuple[int, dict[str, str], bytes]
THRESHOLDS = dict(MaE=0.8, ME=0.8)
WRITES = dict(X_Mespot='1')


def spot(video: Path) -> str | None:
    """Takes every video but those called bad; breaks down at a broken one."""
    if video.stem == 'broken':
        raise RuntimeError('no such thing')
    return f'{video.name}: no face' if video.stem == 'bad' else None


@pytest.fixture
def server(results: Path) -> Iterator[ViewerServer]:
    yield from running(ViewerServer(results, spot, max_upload_mb=0.1, header_s=1.0, max_connections=20))


def running(made: ViewerServer) -> Iterator[ViewerServer]:
    with made:
        thread = threading.Thread(target=made.serve_forever, daemon=True)
        thread.start()
        yield made
        made.shutdown()
        thread.join(20)
        assert not thread.is_alive()


def ask(
    server: ViewerServer, path: str, method: str = 'GET', body: bytes | None = None, **headers: str
) -> Answer:
    connection = HTTPConnection('127.0.0.1', server.server_port, timeout=20)
    named = {'Cookie': f'mespot-{server.server_port}={server.token}'}
    named |= {key.replace('_', '-'): value for key, value in headers.items()}
    connection.request(method, path, body, named)
    answer = connection.getresponse()
    found = answer.status, dict(answer.getheaders()), answer.read()
    connection.close()
    return found


def raw(server: ViewerServer, data: bytes) -> bytes:
    """What comes back for raw bytes until the server closes the connection, or says nothing for a while."""
    with socket.create_connection(('127.0.0.1', server.server_port), timeout=3) as connection:
        connection.sendall(data)
        found = b''
        try:
            while block := connection.recv(65536):
                found += block
        except TimeoutError:
            found += b'<left open>'
        except ConnectionResetError:
            pass
    return found


def head(server: ViewerServer, line: str, *more: str, host: str | None = None) -> bytes:
    lines = [line, f'Host: {host or f"127.0.0.1:{server.server_port}"}']
    lines += [f'Cookie: mespot-{server.server_port}={server.token}', *more]
    return '\r\n'.join(lines).encode() + b'\r\n\r\n'


def corrections(**other: Any) -> dict[str, Any]:
    return {**empty_corrections('anna', THRESHOLDS), **other}


def row(**other: Any) -> dict[str, Any]:
    times = dict(onset_s=5 / 3, apex_s=11 / 6, offset_s=2.0)
    return dict(
        id='r1', state='added', label='ME', onset=50, apex=55, offset=60, candidate=None, **times
    ) | dict(other)


def test_page_results_and_media(server: ViewerServer, results: Path) -> None:
    status, headers, page = ask(server, '/')
    assert (status, headers['Content-Type']) == (200, 'text/html') and b'viewer.js' in page
    assert 'javascript' in ask(server, '/page/viewer.js')[1]['Content-Type']
    assert json.loads(ask(server, '/api/results')[2]) == dict(results=['talk'], jobs=[])
    assert json.loads(ask(server, '/api/results/talk')[2])['notes'] == ['a note']
    assert ask(server, '/media/talk/thumbnails/000_apex.jpg')[1]['Content-Type'] == 'image/jpeg'
    assert ask(server, '/media/talk/video')[2] == (results.parent / 'talk.mp4').read_bytes()
    times = json.loads(ask(server, '/api/results/talk/times')[2])
    assert times['start_s'] == 0 and times['time_s'] == pytest.approx([i / 30 for i in range(90)], abs=1e-4)


def test_a_player_asks_for_ranges(server: ViewerServer, results: Path) -> None:
    whole = (results.parent / 'talk.mp4').read_bytes()
    status, headers, body = ask(server, '/media/talk/video', Range='bytes=10-19')
    assert (status, body) == (206, whole[10:20])
    assert headers['Content-Range'] == f'bytes 10-19/{len(whole)}'
    assert ask(server, '/media/talk/video', Range=f'bytes={len(whole) - 5}-')[2] == whole[-5:]
    assert ask(server, '/media/talk/video', Range=f'bytes={len(whole)}-')[0] == 416
    assert ask(server, '/media/talk/video', Range=f'bytes={"9" * 4500}-')[0] in (400, 416)


@pytest.mark.parametrize(
    'path',
    [
        '/nothing',
        '/api/results/other',
        f'/api/results/{"x" * 300}',
        '/api/results/%00',
        '/page/..%2Fresult_folder.py',
        '/media/talk/thumbnails/..%2Fintervals.json',
        f'/media/talk/thumbnails/{"1" * 300}_apex.jpg',
    ],
)
def test_nothing_else_is_served(server: ViewerServer, path: str) -> None:
    status, _, body = ask(server, path)
    assert status in (400, 404) and 'error' in json.loads(body)


def test_every_answer_forbids_other_uses(server: ViewerServer) -> None:
    for path in ('/', '/page/viewer.js', '/api/results', '/nothing'):
        headers = ask(server, path)[1]
        assert headers['X-Content-Type-Options'] == 'nosniff' and headers['X-Frame-Options'] == 'DENY'
        assert "frame-ancestors 'none'" in headers['Content-Security-Policy']
        assert "default-src 'none'" in headers['Content-Security-Policy']


def test_only_the_token_opens(server: ViewerServer) -> None:
    for path in ('/', '/page/viewer.js', '/api/results', '/media/talk/video', '/?token=', '/?token=%C3%A4'):
        assert ask(server, path, Cookie='')[0] == 403
        assert ask(server, path, Cookie=f'mespot-{server.server_port}={server.token[:-1]}')[0] == 403
    status, headers, _ = ask(server, server.url.partition(str(server.server_port))[2], Cookie='')
    assert (status, headers['Location']) == (303, '/')
    cookie = headers['Set-Cookie']
    assert server.token in cookie and 'SameSite=Strict' in cookie and 'HttpOnly' in cookie
    assert ask(server, '/', Cookie=cookie.partition(';')[0])[0] == 200


@pytest.mark.parametrize(
    'headers',
    [
        dict(Host='evil.example'),
        dict(Host='127.0.0.1'),
        dict(Host='127.0.0.1:1'),
        dict(Origin='http://evil.example'),
        dict(Origin='null'),
        dict(Sec_Fetch_Site='cross-site'),
        dict(Sec_Fetch_Site='same-site'),
        dict(X_Mespot='0'),
    ],
)
def test_other_pages_are_refused(server: ViewerServer, results: Path, headers: dict[str, str]) -> None:
    body = json.dumps(corrections(rows=[row()])).encode()
    path = '/api/results/talk/corrections'
    status, answer, _ = ask(server, path, 'PUT', body, **(WRITES | headers))
    assert (status, answer['Connection']) == (403, 'close')
    assert not (results / 'talk' / 'corrections').exists()


def test_a_refused_body_is_no_request(server: ViewerServer, results: Path) -> None:
    inner = head(server, 'POST /api/results/talk/corrected HTTP/1.1', 'X-Mespot: 1', 'Content-Length: 16')
    inner += b'{"coder":"anna"}'
    for host, method in (('evil.example', 'POST'), ('evil.example', 'GET'), (None, 'GET')):
        length = f'Content-Length: {len(inner)}'
        outer = head(server, f'{method} /api/results/talk/corrected HTTP/1.1', length, host=host)
        found = raw(server, outer + inner)
        assert found.count(b'HTTP/1.1 ') == 1 and b'<left open>' not in found
        assert found.startswith(b'HTTP/1.1 403' if host else b'HTTP/1.1 400')
    assert not (results / 'talk' / 'corrected.csv').exists()


@pytest.mark.parametrize(
    'lines',
    [
        ['Host: 127.0.0.1:{port}'],
        ['Host: evil.example'],
        ['Content-Length: 5', 'Content-Length: 6'],
        ['Content-Length: 5', 'Transfer-Encoding: chunked'],
        ['Content-Length: -5'],
        ['Content-Length: +5'],
        ['Transfer-Encoding: chunked, identity'],
        ['X: ' + 'a' * 100_000],
        ['no colon'],
    ],
)
def test_two_readings_of_a_request_are_refused(server: ViewerServer, lines: list[str]) -> None:
    more = [line.replace('{port}', str(server.server_port)) for line in lines]
    found = raw(server, head(server, 'GET /api/results HTTP/1.1', *more) + b'aaaaaa')
    assert (
        found[:10] in (b'HTTP/1.0 4', b'HTTP/1.1 4')
        and found.count(b'HTTP/1.') == 1
        and b'<left open>' not in found
    )
    assert b'Traceback' not in found


def test_corrections_are_stored(server: ViewerServer, results: Path) -> None:
    path = '/api/results/talk/corrections'
    assert json.loads(ask(server, path)[2]) == {}
    added = row(offset=61, offset_s=61 / 30)
    body = json.dumps(corrections(rows=[added])).encode()
    status, _, answer = ask(server, path, 'PUT', body, **WRITES)
    assert status == 200 and json.loads(answer)['revision'] == 1
    assert json.loads(ask(server, path)[2])['anna']['rows'] == [added]
    assert ask(server, path, 'PUT', body, **WRITES)[0] == 409
    status, headers, text = ask(server, '/api/results/talk/corrected', 'POST', b'{"coder": "anna"}', **WRITES)
    assert (status, headers['Content-Type']) == (200, 'text/csv; charset=utf-8')
    assert text == (results / 'talk' / 'corrected.csv').read_bytes()
    read = json.loads(ask(server, '/api/results/talk/import', 'POST', text, **WRITES)[2])
    assert read['coder'] == 'anna' and [one['state'] for one in read['rows']].count('added') == 1


BAD = [
    b'{',
    b'null',
    b'{}',
    b'true',
    b'[]',
    b'"a"',
    b'NaN',
    b'\xff\xfe',
    b'[' * 100_000,
    *(
        json.dumps(corrections(**bad)).encode()
        for bad in (
            dict(rows=None),
            dict(rows=[row(onset=50.5)]),
            dict(rows=[row(onset=True)]),
            dict(rows=[row(offset=90)]),
            dict(rows=[row(onset=-1)]),
            dict(rows=[row(apex=49)]),
            dict(rows=[row(label='x')]),
            dict(rows=[row(state='found')]),
            dict(rows=[row(state='accepted')]),
            dict(rows=[row(), row()]),
            dict(reviewed=[[5, 4]]),
            dict(reviewed=[[0, 90]]),
            dict(coder='../x'),
            dict(coder='.x'),
            dict(coder=''),
            dict(coder='x' * 300),
            dict(coder='=1+1'),
            dict(revision=-1),
            dict(version=2),
            dict(more=1),
        )
    ),
]


@pytest.mark.parametrize('body', BAD, ids=range(len(BAD)))
def test_bad_corrections(
    server: ViewerServer, results: Path, body: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    status, headers, answer = ask(server, '/api/results/talk/corrections', 'PUT', body, **WRITES)
    assert (status, headers['Connection']) == (400, 'close') and json.loads(answer)['error']
    assert not list((results / 'talk').glob('corrections/*')) and 'Traceback' not in capfd.readouterr().err


def test_random_requests(server: ViewerServer, capfd: pytest.CaptureFixture[str]) -> None:
    draw = random.Random(7)
    paths = [
        '/',
        '/api/results',
        '/api/results/talk',
        '/api/results/talk/times',
        '/api/results/talk/corrections',
        '/api/results/talk/corrected',
        '/api/results/talk/import',
        '/media/talk/video',
        '/media/talk/thumbnails/000_apex.jpg',
        '/api/upload/a.mp4',
    ]
    kinds: set[int] = set()
    for _ in range(120):
        path = draw.choice(paths)
        if draw.random() < 0.4:
            place = draw.randrange(1, len(path) + 1)
            path = (
                path[:place]
                + draw.choice(['%2e%2e%2f', '//', '%00', '%ff', '\u00e9', '?', 'x' * 300])
                + path[place:]
            )
        method = draw.choice(['GET', 'POST', 'PUT', 'HEAD', 'DELETE', 'PATCH', 'TRACE', 'OPTIONS', 'G\x00T'])
        body = draw.randbytes(draw.choice([0, 0, 0, 1, 200]))
        length = draw.choice([len(body), len(body), 0, len(body) // 2])
        more = [f'Content-Length: {length}', 'X-Mespot: 1', 'Connection: close']
        more.append(f'Range: bytes={draw.choice(["0-", "-5", "9-3", "x", "-", "0-0,5-6", "9" * 4500])}')
        found = raw(
            server, head(server, f'{method} {path} HTTP/1.1', *draw.sample(more, draw.randrange(2, 5))) + body
        )
        if found and found != b'<left open>':
            kinds.add(int(found[9:12]))
        assert b'HTTP/1.1 5' not in found and b'Traceback' not in found, (method, path, found[:300])
    assert {200, 400, 404, 405} <= kinds
    assert ask(server, '/api/results')[0] == 200
    assert 'Traceback' not in capfd.readouterr().err


def test_links_that_leave_the_results(server: ViewerServer, results: Path, tmp_path: Path) -> None:
    secret = tmp_path / 'elsewhere'
    secret.mkdir()
    (secret / 'intervals.json').write_text((results / 'talk' / 'intervals.json').read_text())
    (results / 'linked').symlink_to(secret)
    picture = results / 'talk' / 'thumbnails' / '000_apex.jpg'
    picture.unlink()
    picture.symlink_to(secret / 'intervals.json')
    (results / 'talk' / 'corrections').symlink_to(secret)
    (results / 'uploads').symlink_to(secret)
    assert json.loads(ask(server, '/api/results')[2])['results'] == ['talk']
    assert ask(server, '/api/results/linked')[0] == 404
    assert ask(server, '/media/talk/thumbnails/000_apex.jpg')[0] == 400
    body = json.dumps(corrections()).encode()
    assert ask(server, '/api/results/talk/corrections', 'PUT', body, **WRITES)[0] == 400
    assert ask(server, '/api/upload/a.mp4', 'POST', b'abc', **WRITES)[0] == 400
    assert [path.name for path in secret.iterdir()] == ['intervals.json']


def test_silent_and_too_many_connections_are_closed(server: ViewerServer) -> None:
    address = ('127.0.0.1', server.server_port)
    silent = [socket.create_connection(address, timeout=10) for _ in range(25)]
    try:
        assert all(connection.recv(1) == b'' for connection in silent)
        assert ask(server, '/api/results')[0] == 200
        with socket.create_connection(address, timeout=10) as slow:
            slow.sendall(b'GET / HTTP/1.1\r\nHost:')
            assert slow.recv(1) == b''
    finally:
        for connection in silent:
            connection.close()


def test_uploads_are_spotted_one_after_the_other(server: ViewerServer, results: Path) -> None:
    for name in ('bad.mp4', 'broken.mp4', 'good.mp4', 'good.mp4'):
        assert ask(server, f'/api/upload/{name}', 'POST', b'abc', **WRITES)[0] == 200
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


@pytest.mark.parametrize('name', ['text.txt', '..%2Fup.mp4', f'{"x" * 300}.mp4', 'a%00.mp4', '%0A.mp4'])
def test_uploads_of_something_else(server: ViewerServer, results: Path, name: str) -> None:
    status, _, body = ask(server, f'/api/upload/{name}', 'POST', b'abc', **WRITES)
    assert status in (400, 404) and 'error' in json.loads(body)
    assert not list(results.glob('uploads/*'))


def test_an_upload_of_another_length(server: ViewerServer, results: Path) -> None:
    assert ask(server, '/api/upload/a.mp4', 'POST', bytes(200_000), **WRITES)[0] == 413
    declared = head(server, 'POST /api/upload/a.mp4 HTTP/1.1', 'X-Mespot: 1', 'Content-Length: 9')
    with socket.create_connection(('127.0.0.1', server.server_port), timeout=3) as connection:
        connection.sendall(declared + b'abc')
    time.sleep(0.3)
    assert not list(results.glob('uploads/*')) and server.queue.states() == []


def test_a_taken_port(server: ViewerServer, results: Path) -> None:
    with pytest.raises(MESpotError, match='cannot be opened'):
        ViewerServer(results, spot, server.server_port)
