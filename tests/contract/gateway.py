"""API Gateway's HTTP API in small: the payments function behind its routes, on a port of 127.0.0.1.

What matches no route gets the gateway's own 404 and never reaches the function; where the function wants to
know who pays, neither does what has no access token.
"""

import contextlib
import json
import os
import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit

from localcloud import gateway_event
from localcloud.core import tls
from localcloud.emulator import tokens
from localcloud.issuer import Issuer
from payments.handler import handler
from payments.openapi import document

numbers = count()
one_at_a_time = threading.Lock()
"""As in Lambda: an execution environment answers one request, then the next."""


def pattern(route: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(route)))


ROUTES = [
    f"{method.upper()} {path}"
    for path, item in document()["paths"].items()
    for method in item.keys() & {"get", "head", "put", "post", "delete"}
]
"""What is deployed: a unit test compares the document with the stacks."""
PATTERNS = {route: pattern(route) for route in ROUTES}


SCOPES = frozenset({"payments/pay", "payments/read"})
GUARDED = {
    f"{method.upper()} {path}"
    for path, item in document()["paths"].items()
    for method, operation in item.items()
    if "security" in operation
}


class Authorizer:
    """The issuer, and the JWT authorizer that trusts it."""

    def __init__(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            certificate = tls.issue(Path(folder) / "tls")
        self._issuer = Issuer(port=0, certificate=certificate, audience="payments", scopes=SCOPES, clients={})
        self._keys = {key["kid"]: key for key in self._issuer.keys()["keys"]}
        self.headers = {"Authorization": f"Bearer {self._issuer.mint('ada', SCOPES)}"}

    def identify(self, route: str, header: str) -> dict[str, Any]:
        """What the event says of the owner of a token. Raises tokens.Refused."""
        claims = tokens.judge(
            header,
            issuer=self._issuer.url,
            audience=["payments"],
            keys=lambda: self._keys,
            now=time.time(),
        )
        right = "payments/read" if route.startswith("GET ") else "payments/pay"
        return {"jwt": {"claims": claims, "scopes": tokens.must_allow(claims, [right])}}


AUTHORIZER = Authorizer() if os.environ.get("AUTHORIZATION") == "jwt" else None


def event(method: str, target: str, headers: list[tuple[str, str]], body: bytes) -> dict[str, Any] | None:
    """The event of a request; None when no route matches."""
    path = urlsplit(target).path
    matches = ((route, each.fullmatch(f"{method} {path}")) for route, each in PATTERNS.items())
    route, found = next((pair for pair in matches if pair[1]), ("", None))
    if found is None:
        return None
    given = ",".join(value for name, value in headers if name.lower() == "authorization")
    return gateway_event.event(
        route,
        headers=headers,
        body=body,
        authorizer=AUTHORIZER.identify(route, given) if AUTHORIZER and route in GUARDED else None,
        path={name: unquote(value) for name, value in found.groupdict().items()},
        request_id=f"request-{next(numbers)}",
    )


class Gateway(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            asked = event(self.command, self.path, self.headers.items(), body)
        except tokens.Refused as refused:
            self.say(refused.status, {"Content-Type": "application/json"}, '{"message":"Unauthorized"}')
            return
        if asked is None:
            self.say(HTTPStatus.NOT_FOUND, {"Content-Type": "application/json"}, '{"message":"Not Found"}')
            return
        with one_at_a_time:
            answer = handler(asked, SimpleNamespace())
        self.say(answer["statusCode"], answer["headers"], answer["body"])

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Every method, as `do_GET`, gets its answer here."""
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def say(self, status: int, headers: dict[str, str], text: str) -> None:
        content = text.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if status != HTTPStatus.NO_CONTENT and self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    headers = AUTHORIZER.headers if AUTHORIZER else {}
    sys.stdout.write(json.dumps({"port": server.server_port, "headers": headers}) + "\n")
    sys.stdout.flush()
    # The function prints a metric for each payment; a pipe that nobody reads would fill up and stop it.
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        server.serve_forever()
