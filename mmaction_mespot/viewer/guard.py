"""Who is served: only who has the token, by our own name, with a body of a known size, in time."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from mmaction_mespot.errors import MESpotError

MARK = 'X-Mespot'
"""Header that the page's own requests carry; another site's page cannot send it without being asked."""

MAX_BODY_BYTES = 16_000_000
MAX_CONNECTIONS = 64
HEADER_S = 15.0
BODY_S = 60.0
HEADERS = {
    'Content-Security-Policy': (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self'; "
        "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cache-Control': 'no-store',
}

QUIET = logging.getLogger('mmaction_mespot.viewer.http')
"""Says nothing: what is no HTTP gets its answer, and the terminal is the user's."""

QUIET.addHandler(logging.NullHandler())
QUIET.propagate = False

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def protected(request: web.Request, response: web.StreamResponse) -> None:
    """Add to an answer what keeps a browser from using it elsewhere."""
    response.headers.update(HEADERS)


class Guard:
    """Lets only the page's own requests through, over connections that do not keep it waiting.

    Args:
        token: What the address or the cookie must hold.
        port: Port of the server.
        header_s: Seconds within which a connection must have sent its first request.
        max_connections: Connections that are open at a time.
    """

    def __init__(self, token: str, port: int, header_s: float, max_connections: int) -> None:
        self._token, self._cookie = token, f'mespot-{port}'
        self._hosts = {f'{name}:{port}' for name in ('127.0.0.1', 'localhost')}
        self._header_s, self._max_connections = header_s, max_connections
        self._silent: set[asyncio.BaseProtocol] = set()  # connections that have sent no request yet

    def middleware(self) -> Any:
        """Middleware that checks every request, and turns errors into JSON.

        Every refusal closes the connection, so that nothing that was not read is taken as a next request.
        """

        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            self._silent.discard(request.protocol)
            try:
                _check_origin(request, self._hosts)
                given = request.query.get('token')
                if not self._is_token(given or request.cookies.get(self._cookie, '')):
                    raise web.HTTPForbidden(
                        text='open the address that tools/viewer.py printed, with its token'
                    )
                if given and request.path == '/':
                    answer = web.Response(status=303, headers={'Location': '/'})
                    answer.set_cookie(self._cookie, self._token, httponly=True, samesite='Strict', path='/')
                    return answer
                return await handler(request)
            except web.HTTPException as error:
                return _refusal(error.status, error.text or error.reason)
            except MESpotError as error:
                return _refusal(400, str(error))
            except OSError as error:
                return _refusal(500, f'{type(error).__name__}: {error}')
            except Exception as error:  # a bug: the terminal gets all of it, the page goes on
                traceback.print_exc()
                return _refusal(500, f'{type(error).__name__}: the terminal says more')

        return check

    def connections(self, server: web.Server) -> Callable[[], asyncio.BaseProtocol]:
        """Factory of connections: those too many, and those that send no request in time, are closed."""

        def make() -> asyncio.BaseProtocol:
            if len(server.connections) >= self._max_connections:
                return _Closed()
            connection = server()
            self._silent.add(connection)
            asyncio.get_running_loop().call_later(self._header_s, close_silent, connection)
            return connection

        def close_silent(connection: web.RequestHandler) -> None:
            if connection in self._silent:
                self._silent.discard(connection)
                connection.force_close()

        return make

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(errors='replace'), self._token.encode())


class _Closed(asyncio.Protocol):
    """A connection that is closed at once."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


async def blocks(request: web.Request) -> AsyncIterator[bytes]:
    """The body of a request in pieces.

    Raises:
        web.HTTPRequestTimeout: If the next piece does not come within a minute.
    """
    while True:
        try:
            block = await asyncio.wait_for(request.content.readany(), BODY_S)
        except asyncio.TimeoutError as error:
            raise web.HTTPRequestTimeout(text=f'nothing of the body came for {BODY_S:.0f} s') from error
        if not block:
            return
        yield block


async def read_body(request: web.Request) -> bytes:
    """The whole body of a request.

    Raises:
        web.HTTPRequestEntityTooLarge: If it is longer than 16 MB.
        web.HTTPRequestTimeout: If it comes too slowly.
    """
    body = bytearray()
    async for block in blocks(request):
        body += block
        if len(body) > MAX_BODY_BYTES:
            text = f'expected a body of up to {MAX_BODY_BYTES} bytes'
            raise web.HTTPRequestEntityTooLarge(MAX_BODY_BYTES, len(body), text=text)
    return bytes(body)


async def read_json_body(request: web.Request) -> Any:
    """The body of a request as JSON.

    Raises:
        MESpotError: If it is none.
    """
    try:
        return json.loads(await read_body(request), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise MESpotError(f'the body: no valid JSON ({str(error)[:200]})') from error


def _refuse(name: str) -> Any:
    raise ValueError(f'found {name}, expected a finite number')


def _check_origin(request: web.Request, hosts: set[str]) -> None:
    """Refuse a foreign name for this machine, another page's request, and a body where none belongs."""
    found = request.headers.getall('Host', [])
    if len(found) != 1 or found[0].lower() not in hosts:
        raise web.HTTPForbidden(text=f'Host: found {str(found)[:80]}, expected one of {sorted(hosts)}')
    origin = request.headers.get('Origin')
    if origin is not None and urlsplit(origin).netloc not in hosts:
        raise web.HTTPForbidden(text=f'Origin: found {origin[:80]!r}, expected this page')
    if request.headers.get('Sec-Fetch-Site', 'none') not in ('same-origin', 'none'):
        raise web.HTTPForbidden(text='another page asked')
    if request.method in ('GET', 'HEAD'):
        if request.body_exists:
            raise web.HTTPBadRequest(text=f'{request.method}: expected no body')
    elif request.headers.get(MARK) != '1':
        raise web.HTTPForbidden(text=f'expected the header {MARK}: 1')


def _refusal(status: int, message: str) -> web.Response:
    answer = web.json_response({'error': message}, status=status)
    answer.force_close()
    return answer
