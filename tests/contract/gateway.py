"""API Gateway's HTTP API in small: the payments function behind its routes, on a port of 127.0.0.1.

What matches no route gets the gateway's own 404 and never reaches the function.
"""

import contextlib
import json
import os
import re
import sys
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit

from localcloud import gateway_event
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


def event(method: str, target: str, headers: list[tuple[str, str]], body: bytes) -> dict[str, Any] | None:
    """The event of a request; None when no route matches."""
    path = urlsplit(target).path
    matches = ((route, each.fullmatch(f"{method} {path}")) for route, each in PATTERNS.items())
    route, found = next((pair for pair in matches if pair[1]), ("", None))
    if found is None:
        return None
    return gateway_event.event(
        route,
        headers=headers,
        body=body,
        path={name: unquote(value) for name, value in found.groupdict().items()},
        request_id=f"request-{next(numbers)}",
    )


class Gateway(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = event(self.command, self.path, self.headers.items(), body)
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
    sys.stdout.write(json.dumps({"port": server.server_port}) + "\n")
    sys.stdout.flush()
    # The function prints a metric for each payment; a pipe that nobody reads would fill up and stop it.
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        server.serve_forever()
