"""The page's server: files, results and corrections as JSON, uploads. Only who has its token is served."""

from __future__ import annotations

import asyncio
import re
import secrets
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from aiohttp import web

from mmaction_mespot.annotations.video_file import VIDEO_SUFFIXES
from mmaction_mespot.atomic_file import naming, numbered_name, whole_file
from mmaction_mespot.contained import path_inside
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.study.corrections import CorrectionsConflict

from .guard import HEADER_S, MAX_CONNECTIONS, QUIET, Guard, blocks, protected, read_body, read_json_body
from .result_folder import ResultFolder
from .spot_queue import Spot, SpotQueue

PAGE = Path(__file__).with_name('page')
UPLOADS = 'uploads'
PICTURE = re.compile(r'\d+_(onset|apex|offset)\.jpg', re.ASCII)
MAX_NAME_BYTES = 200
MAX_UPLOAD_MB = 20_000


class ViewerServer:
    """Serve the page of one folder of results on this machine.

    Args:
        results: Folder that ``tools/spot.py --out`` wrote.
        spot: Spots an uploaded video into that folder.
        port: Port on 127.0.0.1; 0 takes a free one.
        max_upload_mb: Largest video that the page may send, in MB.
        header_s: Seconds within which a connection must have sent its first request.
        max_connections: Connections that are open at a time.

    Raises:
        MESpotError: If there is no such folder, or the port is taken.
    """

    def __init__(
        self,
        results: str | Path,
        spot: Spot,
        port: int = 0,
        max_upload_mb: float = MAX_UPLOAD_MB,
        header_s: float = HEADER_S,
        max_connections: int = MAX_CONNECTIONS,
    ) -> None:
        self.results = ResultFolder(results)
        self.queue = SpotQueue(spot)
        self.token = secrets.token_urlsafe(32)
        self._max_upload_bytes = int(max_upload_mb * 1e6)
        self._header_s, self._max_connections = header_s, max_connections
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = threading.Event()
        self._stopped: asyncio.Event | None = None
        try:
            self._socket = socket.create_server(('127.0.0.1', port))
        except (OSError, OverflowError) as error:
            raise MESpotError(f'port {port} cannot be opened ({error}), choose another one') from error
        self.server_port: int = self._socket.getsockname()[1]

    @property
    def url(self) -> str:
        """Address of the page, with the token that opens it."""
        return f'http://127.0.0.1:{self.server_port}/?token={self.token}'

    def __enter__(self) -> ViewerServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()
        self._socket.close()

    def serve_forever(self) -> None:
        """Answer requests until :meth:`shutdown` or Ctrl-C."""
        asyncio.run(self._serve())

    def shutdown(self) -> None:
        """End :meth:`serve_forever`; may be called from any thread."""
        self._stop.set()
        if self._loop is not None and self._stopped is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stopped.set)

    async def _serve(self) -> None:
        self._stopped, self._loop = asyncio.Event(), asyncio.get_running_loop()
        guard = Guard(self.token, self.server_port, self._header_s, self._max_connections)
        app = web.Application(middlewares=[guard.middleware()])
        app.on_response_prepare.append(protected)
        app.add_routes(self._routes())
        runner = web.AppRunner(
            app, access_log=None, logger=QUIET, keepalive_timeout=self._header_s, shutdown_timeout=1.0
        )
        await runner.setup()
        assert runner.server is not None
        connections = guard.connections(runner.server)
        listening = await self._loop.create_server(connections, sock=self._socket.dup())
        try:
            if not self._stop.is_set():
                await self._stopped.wait()
        finally:
            listening.close()
            await runner.cleanup()

    def _routes(self) -> list[web.RouteDef]:
        video = '/api/results/{name}'
        return [
            web.get('/', self._index, allow_head=False),
            web.get('/page/{file}', self._page_file, allow_head=False),
            web.get('/api/results', self._list, allow_head=False),
            web.get(video, self._result, allow_head=False),
            web.get(f'{video}/times', self._times, allow_head=False),
            web.get(f'{video}/corrections', self._corrections, allow_head=False),
            web.put(f'{video}/corrections', self._save),
            web.post(f'{video}/corrected', self._export),
            web.post(f'{video}/import', self._import),
            web.get('/media/{name}/video', self._video, allow_head=False),
            web.get('/media/{name}/thumbnails/{picture}', self._thumbnail, allow_head=False),
            web.post('/api/upload/{file}', self._upload),
        ]

    async def _index(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE / 'index.html')

    async def _page_file(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info['file']
        if name not in {path.name for path in PAGE.iterdir() if path.is_file()}:
            raise web.HTTPNotFound(text=f'nothing at {request.path[:200]}')
        return web.FileResponse(PAGE / name)

    async def _list(self, request: web.Request) -> web.StreamResponse:
        names = await asyncio.to_thread(self.results.names)
        return web.json_response({'results': names, 'jobs': self.queue.states()})

    async def _result(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(await self._found(self.results.read, request))

    async def _times(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(await self._found(self.results.times, request))

    async def _corrections(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(await self._found(self.results.corrections, request))

    async def _save(self, request: web.Request) -> web.StreamResponse:
        name, content = request.match_info['name'], await read_json_body(request)
        await self._found(self.results.folder, request)
        try:
            stored = await asyncio.to_thread(self.results.save, name, content)
        except CorrectionsConflict as error:
            raise web.HTTPConflict(text=str(error)) from error
        return web.json_response({key: stored[key] for key in ('coder', 'revision', 'saved')})

    async def _export(self, request: web.Request) -> web.StreamResponse:
        name, content = request.match_info['name'], await read_json_body(request)
        if not isinstance(content, dict) or not isinstance(content.get('coder'), str):
            raise MESpotError('the body: expected an object with the key "coder"')
        await self._found(self.results.folder, request)
        text = await asyncio.to_thread(self.results.write_corrected, name, content['coder'])
        return web.Response(text=text, content_type='text/csv', charset='utf-8')

    async def _import(self, request: web.Request) -> web.StreamResponse:
        name, body = request.match_info['name'], await read_body(request)
        await self._found(self.results.folder, request)
        return web.json_response(await asyncio.to_thread(self.results.rows_of_table, name, body))

    async def _video(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(await self._found(self.results.video, request))

    async def _thumbnail(self, request: web.Request) -> web.StreamResponse:
        picture = request.match_info['picture']
        folder = await self._found(self.results.folder, request)
        if not PICTURE.fullmatch(picture):
            raise web.HTTPNotFound(text=f'nothing at {request.path[:200]}')
        path = path_inside(folder, f'thumbnails/{picture[:MAX_NAME_BYTES]}', 'picture')
        if not path.is_file():
            raise web.HTTPNotFound(text=f'{path.name}: no such picture')
        return web.FileResponse(path)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        async with self._place(request.match_info['file']) as (path, temporary):
            await _receive(request, temporary, self._max_upload_bytes)
        self.queue.add(path)
        return web.json_response({'jobs': self.queue.states()})

    async def _found(self, give: Callable[[str], Any], request: web.Request) -> Any:
        """What a function gives for the video of a request; 404 where there is none."""
        try:
            return await asyncio.to_thread(give, request.match_info['name'])
        except MESpotError as error:
            raise web.HTTPNotFound(text=str(error)) from error

    @asynccontextmanager
    async def _place(self, name: str) -> AsyncIterator[tuple[Path, Path]]:
        """Where an uploaded video will stand, and a temporary file for it meanwhile."""
        suffix = Path(name).suffix.lower()
        if Path(name).name != name or suffix not in VIDEO_SUFFIXES or re.search(r'[\x00-\x1f\\]', name):
            found = f'found {name[:80]!r}'
            raise MESpotError(f'expected a video file, one of {", ".join(VIDEO_SUFFIXES)}, {found}')
        if len(name.encode(errors='replace')) > MAX_NAME_BYTES:
            raise MESpotError(
                f'expected a name of up to {MAX_NAME_BYTES} bytes, found {len(name)} characters'
            )
        folder = path_inside(self.results.root, UPLOADS, 'uploads')
        folder.mkdir(exist_ok=True)
        name = numbered_name(Path(name).stem, lambda one: (folder / one).exists(), Path(name).suffix)
        with whole_file(folder / name) as temporary:
            yield folder / name, temporary


async def _receive(request: web.Request, path: Path, limit: int) -> None:
    """Store the body of a request.

    Raises:
        MESpotError: If it says no length, or is not as long as it says.
        web.HTTPRequestEntityTooLarge: If it is longer than the limit.
    """
    declared = request.content_length
    if declared is None:
        raise MESpotError('an upload needs a Content-Length')
    if declared > limit:
        raise web.HTTPRequestEntityTooLarge(
            limit, declared, text=f'found {declared} bytes, expected up to {limit} (--max-upload-mb)'
        )
    received = 0
    with naming(path), path.open('wb') as file:
        async for block in blocks(request):
            received += len(block)
            await asyncio.to_thread(file.write, block)
    if received != declared:
        raise MESpotError(f'the upload broke off: found {received} bytes, expected {declared}')
