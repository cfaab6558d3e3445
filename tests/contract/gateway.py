"""API Gateway's HTTP API in small: the payments function behind its routes, on a port of 127.0.0.1.

Events have payload format 2.0: names of headers in lower case, path parameters decoded, a body that is no
text in base64. What matches no route gets the gateway's own 404 and never reaches the function.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import contextlib
import json
import os
import re
import sys
import threading
from collections import defaultdict
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit

from payments.handler import handler
from payments.openapi import DOCUMENT

TEXT = re.compile(r"text/|application/(json|javascript|xml)|[^;]*\+(json|xml)")
numbers = count()
one_at_a_time = threading.Lock()
"""As in Lambda: an execution environment answers one request, then the next."""


def pattern(route: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(route)))


ROUTES = [
    f"{method.upper()} {path}"
    for path, item in DOCUMENT["paths"].items()
    for method in item.keys() & {"get", "put", "post", "delete"}
]
"""What is deployed: a unit test compares the document with the stacks."""
PATTERNS = {route: pattern(route) for route in ROUTES}


def event(method: str, target: str, headers: dict[str, str], body: bytes) -> dict[str, Any] | None:
    """The event of a request; None when no route matches."""
    path = urlsplit(target).path
    matches = ((route, each.fullmatch(f"{method} {path}")) for route, each in PATTERNS.items())
    route, found = next((pair for pair in matches if pair[1]), ("", None))
    if found is None:
        return None
    is_text = bool(TEXT.match(headers.get("content-type", "")))
    content = body.decode("utf-8", "replace") if is_text else base64.b64encode(body).decode()
    return {
        "version": "2.0",
        "routeKey": route,
        "headers": headers,
        "requestContext": {"requestId": f"request-{next(numbers)}"},
        "pathParameters": {name: unquote(value) for name, value in found.groupdict().items()},
        "isBase64Encoded": bool(body) and not is_text,
        **({"body": content} if body else {}),
    }


class Gateway(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        lists: defaultdict[str, list[str]] = defaultdict(list)
        for name, value in self.headers.items():
            lists[name.lower()].append(value)
        headers = {name: ",".join(values) for name, values in lists.items()}
        asked = event(self.command, self.path, headers, body)
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
        if status != HTTPStatus.NO_CONTENT:
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
