"""What every request passes: limits before it is read, headers when it is answered, a line in the log."""

import time
from collections.abc import Callable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime.logs import logger

MOST_HEADERS: Final = 16 * 1024
MOST_AT_ONCE: Final = 100
HEALTH: Final = "/health"

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_TRANSPORT = "max-age=31536000"


class Guard:
    """The outermost layer of the application.

    Args:
        most_body: bytes of the largest body that is read.
        secure: whether browsers come over TLS.
        at_once: requests that are worked on; more are refused, so that those do not wait for ever. Questions
            after health are answered all the same: a busy instance is not a sick one.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        most_body: int,
        secure: bool,
        at_once: int = MOST_AT_ONCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._most_body = most_body
        self._headers = {**_HEADERS, **({"Strict-Transport-Security": _TRANSPORT} if secure else {})}
        self._free = at_once
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = self._clock()
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._admit(scope, receive, answer)
        finally:
            if not _asks_health(scope):
                _log(scope, status, self._clock() - began)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = _refusal(scope, self._most_body) or (_BUSY if self._free <= 0 else None)
        if _asks_health(scope):
            await self._app(scope, receive, send)
        elif refusal:
            await refusal(scope, receive, send)
        else:
            self._free -= 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._free += 1


def _asks_health(scope: Scope) -> bool:
    path: str = scope["path"]
    return path == HEALTH or path.startswith(f"{HEALTH}/")


def _refusal(scope: Scope, most_body: int) -> PlainTextResponse | None:
    """The answer to headers or a body that are too large, or to a body that does not say how large it is."""
    if sum(len(name) + len(value) for name, value in scope["headers"]) > MOST_HEADERS:
        return _LONG_HEADERS
    if scope["method"] in {"GET", "HEAD", "DELETE"}:
        return None
    length = Headers(scope=scope).get("content-length", "")
    if not (length.isascii() and length.isdecimal()):
        return _NO_LENGTH
    # The connection ends: what follows would be read as the next request.
    return _TOO_LARGE if int(length) > most_body else None


def _log(scope: Scope, status: int, took_s: float) -> None:
    logger.info(
        "answered",
        extra={
            "method": scope["method"],
            "path": scope["path"],
            "status": status,
            "took_ms": round(took_s * 1000),
            "trace": Headers(scope=scope).get("x-amzn-trace-id", ""),
        },
    )


_CLOSE = {"Connection": "close"}
_NO_LENGTH = PlainTextResponse("Content-Length is needed.\n", 411, headers=_CLOSE)
_LONG_HEADERS = PlainTextResponse("The headers are too large.\n", 431, headers=_CLOSE)
_TOO_LARGE = PlainTextResponse("This is too large.\n", 413, headers=_CLOSE)
_BUSY = PlainTextResponse("Too busy; try again.\n", 503, headers={"Retry-After": "1"})
