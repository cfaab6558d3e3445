"""The API of the other region, reached over the internet like any client would."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, RemoteDisconnected
from typing import Any
from urllib.parse import urlsplit

from durable.bounded_calls import BoundedCalls
from intake.errors import PeerUnavailable
from runtime.parameters import Parameters, ParameterUnavailable

CONNECT_TIMEOUT_S = 1.0
"""A region that is gone costs this much; its lease says so within seconds anyway."""
MAX_ANSWER_BYTES = 64 * 1024
"""Of a body. Whoever lists things bounds a page by it: a longer answer is passed on to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request to the other region. Nothing in it is as the client sent it: all of it was checked."""

    method: str
    path: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerAnswer:
    """What the other region answered; names of headers in lower case."""

    status: HTTPStatus
    headers: Mapping[str, str]
    body: Mapping[str, Any]


class Peer:
    """The APIs that `{prefix}/peers/{region}/endpoint` names, over one connection that is kept."""

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters
        self._bounded = BoundedCalls()
        self._connection: HTTPConnection | None = None
        self._endpoint = ""

    def send(self, region: str, call: Call, *, within_s: float) -> PeerAnswer:
        """The answer of that region's service.

        Raises:
            PeerUnavailable: there was none in time, so nobody knows what the call did.
        """
        try:
            answer = self._bounded.run(lambda: self._exchange(region, call, within_s), within_s=within_s)
        except TimeoutError:
            raise PeerUnavailable(f"{region}: no answer within {within_s} s") from None
        except (OSError, HTTPException, ValueError, ParameterUnavailable) as error:
            raise PeerUnavailable(f"{region}: {error!r}") from error
        # A gateway that fails answers too, but not for the service.
        if answer.headers.get("x-region") != region:
            raise PeerUnavailable(f"{region}: {answer.status} without its name")
        return answer

    def _exchange(self, region: str, call: Call, timeout_s: float) -> PeerAnswer:
        endpoint = self._parameters.get(f"peers/{region}/endpoint")
        if endpoint != self._endpoint:
            self._close()
            self._endpoint = endpoint
        reused = self._connection is not None
        try:
            return self._attempt(call, timeout_s)
        except (RemoteDisconnected, ConnectionError):
            if not reused:
                raise
        # The connection had been closed while nobody used it. What travels is idempotent.
        return self._attempt(call, timeout_s)

    def _attempt(self, call: Call, timeout_s: float) -> PeerAnswer:
        url = urlsplit(self._endpoint)
        connection = self._connection
        if connection is None or connection.sock is None:  # the last answer said that it was the last one
            connection = self._connection = _connected(url.scheme, url.netloc)
        try:
            connection.sock.settimeout(timeout_s)
            connection.request(call.method, url.path + call.path, call.body, dict(call.headers))
            return _read(connection.getresponse())
        except BaseException:
            self._close()
            raise

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _connected(scheme: str, netloc: str) -> HTTPConnection:
    # Not urllib.request: a proxy from the environment or a redirect would answer for the peer.
    kind = HTTPSConnection if scheme == "https" else HTTPConnection
    connection = kind(netloc, timeout=CONNECT_TIMEOUT_S)
    connection.connect()
    return connection


def _read(response: HTTPResponse) -> PeerAnswer:
    text = response.read(MAX_ANSWER_BYTES + 1)
    if len(text) > MAX_ANSWER_BYTES:
        raise ValueError(f"an answer of more than {MAX_ANSWER_BYTES} bytes")
    match json.loads(text):
        case dict(body):
            pass
        case _:
            raise ValueError("an answer that is no JSON object")
    headers = {name.lower(): value for name, value in response.getheaders()}
    return PeerAnswer(status=HTTPStatus(response.status), headers=headers, body=body)
