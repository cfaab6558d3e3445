"""A region's public API as a client sees it."""

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from typing import Any

from botocore.exceptions import BotoCoreError

from dr import racing
from dr.calls import TIMEOUT_S, NoAccess, refusal
from dr.reasons.why import reason
from dr.waiting import bounded
from runtime.signing import signed

REQUEST_TIMEOUT_S = 30.0
"""As long as API Gateway waits for the function."""


@dataclass(frozen=True, slots=True)
class Probed:
    """What GET got: a status, or the reason why there is none."""

    status: int | None
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What became of a request that changes something."""

    key: str
    status: int | None
    """None when nothing answered: then it may have been recorded."""
    region: str | None
    """Who recorded it."""
    seconds: float


class _Connection(http.client.HTTPConnection):
    """Connects to all addresses of the name at once."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._create_connection = racing.connect


class _SecureConnection(http.client.HTTPSConnection):
    """The same, encrypted."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._create_connection = racing.connect


class _Http(urllib.request.HTTPHandler):
    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Connection, request)


class _Https(urllib.request.HTTPSHandler):
    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_SecureConnection, request)


_opener = urllib.request.build_opener(_Http, _Https)


def probe(endpoint: str, path: str) -> Probed:
    """Status of GET *endpoint* + *path*, or why there is none within three seconds."""
    request = urllib.request.Request(endpoint + path)
    try:
        status, _ = bounded(f"{endpoint}{path}", lambda: _ask(request, TIMEOUT_S), within_s=TIMEOUT_S)
    except (OSError, http.client.HTTPException) as error:
        return Probed(None, reason(error).says)
    return Probed(status)


def post(url: str, content: Mapping[str, object], *, region: str, key: str) -> Answered:
    """POST *content* under an idempotency key, signed as whoever runs this, to the API of the *region*.

    Needs `execute-api:Invoke`. Raises NoAccess without credentials.
    """
    body = json.dumps(content).encode()
    plain = {"Content-Type": "application/json", "Idempotency-Key": key}
    try:
        request = urllib.request.Request(url, body, signed("POST", url, body, plain, region=region))
    except BotoCoreError as error:
        raise (refusal(error) or NoAccess(str(error))) from error
    began = time.monotonic()
    status: int | None = None
    headers: Mapping[str, str] = {}
    with suppress(OSError, http.client.HTTPException):
        status, headers = bounded(
            f"POST {url}", lambda: _ask(request, REQUEST_TIMEOUT_S), within_s=REQUEST_TIMEOUT_S
        )
    return Answered(
        key=key,
        status=status,
        region=headers.get("x-region"),
        seconds=round(time.monotonic() - began, 3),
    )


def _ask(request: urllib.request.Request, timeout_s: float) -> tuple[int, Mapping[str, str]]:
    """Raises OSError, HTTPException."""
    try:
        with _opener.open(request, timeout=timeout_s) as answer:
            return int(answer.status), _lower(answer.headers)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _lower(error.headers)


def _lower(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
