"""The page's server: files, results as JSON, uploads. Nothing but the machine itself reaches it."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from mmaction_mespot.annotations.video_file import VIDEO_SUFFIXES
from mmaction_mespot.atomic_file import whole_file
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.numbered_name import numbered_name

from .result_folder import ResultFolder
from .spot_queue import Spot, SpotQueue

PAGE = Path(__file__).with_name('page')
UPLOADS = 'uploads'
GUARD = 'X-Mespot'
"""Header that the page's own requests carry; another site's page cannot send it without being asked."""

TYPES = {
    '.html': 'text/html; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    '.css': 'text/css; charset=utf-8',
    '.jpg': 'image/jpeg',
    '.png': 'image/png',
    '.webm': 'video/webm',
}
CHUNK = 1 << 20


class ViewerServer(ThreadingHTTPServer):
    """Serve the page of one folder of results on this machine.

    Args:
        results: Folder that ``tools/spot.py --out`` wrote.
        spot: Spots an uploaded video into that folder.
        port: Port on 127.0.0.1; 0 takes a free one.

    Raises:
        MESpotError: If there is no such folder, or the port is taken.
    """

    daemon_threads = True

    def __init__(self, results: str | Path, spot: Spot, port: int = 0) -> None:
        self.results = ResultFolder(results)
        self.queue = SpotQueue(spot)
        try:
            super().__init__(('127.0.0.1', port), _Handler)
        except OSError as error:
            raise MESpotError(f'port {port} cannot be opened ({error}), choose another one') from error

    @property
    def url(self) -> str:
        """Address of the page."""
        return f'http://127.0.0.1:{self.server_port}/'


class _Handler(BaseHTTPRequestHandler):
    server: ViewerServer
    protocol_version = 'HTTP/1.1'

    def do_GET(self) -> None:
        if not self._is_local():
            return
        parts = [unquote(part) for part in urlsplit(self.path).path.split('/') if part]
        try:
            match parts:
                case []:
                    self._send_file(PAGE / 'index.html')
                case ['page', name] if name in {path.name for path in PAGE.iterdir()}:
                    self._send_file(PAGE / name)
                case ['api', 'results']:
                    names = self.server.results.names()
                    self._send_json({'results': names, 'jobs': self.server.queue.states()})
                case ['api', 'results', name]:
                    self._send_json(self.server.results.read(name))
                case ['media', name, 'video']:
                    self._send_file(self.server.results.video(name))
                case ['media', name, 'thumbnails', picture] if re.fullmatch(r'\d+_\w+\.jpg', picture):
                    self._send_file(self.server.results.folder(name) / 'thumbnails' / picture)
                case _:
                    self._send_error(HTTPStatus.NOT_FOUND, f'nothing at {self.path}')
        except MESpotError as error:
            self._send_error(HTTPStatus.NOT_FOUND, str(error))

    def do_POST(self) -> None:
        if not self._is_local():
            return
        length = int(self.headers.get('Content-Length') or 0)
        if self.headers.get(GUARD) != '1':
            self.close_connection = True
            self._send_error(HTTPStatus.FORBIDDEN, f'expected the header {GUARD}: 1')
            return
        parts = [unquote(part) for part in urlsplit(self.path).path.split('/') if part]
        try:
            match parts:
                case ['api', 'results', name, 'corrected']:
                    intervals = json.loads(self.rfile.read(length))
                    text = self.server.results.write_corrected(name, intervals)
                    self._send(text.encode(), 'text/csv; charset=utf-8')
                case ['api', 'upload', name]:
                    self.server.queue.add(self._receive(name, length))
                    self._send_json({'jobs': self.server.queue.states()})
                case _:
                    self.close_connection = True
                    self._send_error(HTTPStatus.NOT_FOUND, f'nothing at {self.path}')
        except (MESpotError, ValueError) as error:
            self.close_connection = True
            self._send_error(HTTPStatus.BAD_REQUEST, str(error))

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the terminal is the user's."""

    def _is_local(self) -> bool:
        """Refuse a foreign name for this machine: a web page could otherwise be made to read results."""
        host = (self.headers.get('Host') or '').rsplit(':', 1)[0]
        if host in ('127.0.0.1', 'localhost'):
            return True
        self._send_error(HTTPStatus.FORBIDDEN, f'expected 127.0.0.1 or localhost, found {host!r}')
        return False

    def _receive(self, name: str, length: int) -> Path:
        """Store an uploaded video, whole or not at all."""
        if Path(name).name != name or Path(name).suffix.lower() not in VIDEO_SUFFIXES:
            raise MESpotError(f'expected a video file, one of {", ".join(VIDEO_SUFFIXES)}, found {name!r}')
        folder = self.server.results.root / UPLOADS
        folder.mkdir(exist_ok=True)
        name = numbered_name(Path(name).stem, lambda one: (folder / one).exists(), Path(name).suffix)
        left = length
        with whole_file(folder / name) as temporary:
            with temporary.open('wb') as file:
                while left and (block := self.rfile.read(min(left, CHUNK))):
                    file.write(block)
                    left -= len(block)
            if left:
                raise MESpotError(f'{name}: the upload broke off, {left} of {length} bytes are missing')
        return folder / name

    def _send_file(self, path: Path) -> None:
        """Send a file, or the range of it that a player asks for."""
        if not path.is_file():
            self._send_error(HTTPStatus.NOT_FOUND, f'{path.name}: no such file')
            return
        size = path.stat().st_size
        start, end, status = 0, size - 1, HTTPStatus.OK
        asked = re.fullmatch(r'bytes=(\d+)-(\d*)', self.headers.get('Range') or '')
        if asked:
            start, status = int(asked[1]), HTTPStatus.PARTIAL_CONTENT
            end = min(int(asked[2]), end) if asked[2] else end
            if start > end:
                self._send_error(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, f'{size} bytes only')
                return
        self.send_response(status)
        self.send_header('Content-Type', TYPES.get(path.suffix.lower(), 'video/mp4'))
        self.send_header('Accept-Ranges', 'bytes')
        self.send_header('Content-Length', str(end - start + 1))
        if asked:
            self.send_header('Content-Range', f'bytes {start}-{end}/{size}')
        self.end_headers()
        with path.open('rb') as file:
            file.seek(start)
            left = end - start + 1
            try:
                while left > 0:
                    block = file.read(min(left, CHUNK))
                    self.wfile.write(block)
                    left -= len(block)
            except (BrokenPipeError, ConnectionResetError):  # the player has seen enough
                self.close_connection = True

    def _send_json(self, content: Any) -> None:
        self._send(json.dumps(content).encode(), 'application/json')

    def _send(self, body: bytes, content_type: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header('Content-Type', content_type)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _send_error(self, status: HTTPStatus, message: str) -> None:
        self._send(json.dumps({'error': message}).encode(), 'application/json', status)
