"""Answers to clients: passed on from a target as it is, or made by the balancer."""

from collections.abc import Iterable

from aiohttp import web
from aiohttp.hdrs import CONTENT_LENGTH, CONTENT_TYPE, SERVER
from multidict import CIMultiDict

from localcloud.fleet.balancer.headers import location
from localcloud.fleet.balancer.model import Listener
from localcloud.fleet.balancer.refusals import page
from localcloud.fleet.balancer.request import Request
from localcloud.fleet.balancer.rules import Fixed, Redirect

NAME = "awselb/2.0"
_ADDED = (SERVER, CONTENT_TYPE)


class ClientLeft(Exception):
    """The client closed its connection before it had the whole answer."""


class Answer(web.StreamResponse):
    """An answer with these headers and no others but the date and those of the connection."""

    def __init__(self, status: int, headers: Iterable[tuple[str, str]], reason: str | None = None) -> None:
        given = CIMultiDict(headers)
        self._added = [name for name in _ADDED if name not in given]
        super().__init__(status=status, reason=reason, headers=given)

    async def _prepare_headers(self) -> None:
        await super()._prepare_headers()
        for name in self._added:
            self.headers.pop(name, None)

    async def begin(self, request: web.BaseRequest) -> None:
        """Send the headers with what comes next. Raises ClientLeft."""
        try:
            await self.prepare(request)
        except ConnectionError as error:
            raise ClientLeft from error

    async def add(self, data: bytes) -> None:
        """Send a part of the body. Raises ClientLeft."""
        try:
            await self.write(data)
        except ConnectionError as error:
            raise ClientLeft from error

    async def end(self, data: bytes = b"") -> None:
        """Send the rest of the body. Raises ClientLeft."""
        try:
            await self.write_eof(data)
        except ConnectionError as error:
            raise ClientLeft from error


def made(
    listener: Listener, status: int, body: str, content_type: str, *more: tuple[str, str]
) -> tuple[Answer, bytes]:
    """An answer of the balancer itself, and its body."""
    data = body.encode()
    server = ((SERVER, NAME),) if listener.server_header else ()
    typed = ((CONTENT_TYPE, content_type),) if data and content_type else ()
    headers = (*server, *typed, *listener.answers, *more, (CONTENT_LENGTH, str(len(data))))
    return Answer(status, headers), data


def error(listener: Listener, status: int) -> tuple[Answer, bytes]:
    """The page of one of the balancer's own errors."""
    return made(listener, status, page(status), "text/html")


def done(listener: Listener, action: Fixed | Redirect, request: Request) -> tuple[Answer, bytes]:
    """What a fixed response or a redirect answers."""
    if isinstance(action, Fixed):
        return made(listener, action.status, action.body, action.content_type)
    where = ("Location", location(action, listener, request))
    return made(listener, action.status, page(action.status), "text/html", where)
