"""A registry in memory, behind HTTP, that wants a token of whoever reads and a password of whoever writes."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

ANYBODY, OWNER = "Bearer anybody", "Basic owner"


def digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


class Handler(BaseHTTPRequestHandler):
    blobs: dict[str, bytes]
    manifests: dict[str, tuple[bytes, str]]
    pushed: list[str]

    def _send(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _answer(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        given, way = self.headers.get("Authorization"), urlsplit(self.path)
        writes = self.command in ("POST", "PUT")
        if way.path == "/token":
            self._send(200, json.dumps({"token": "anybody"}).encode())
        elif given not in ((OWNER,) if writes else (OWNER, ANYBODY)):
            here = f"http://{self.headers['Host']}/token"
            self._send(401, WWW_Authenticate=f'Bearer realm="{here}",service="here",scope="pull"')
        elif writes:
            self._take(way.path, parse_qs(way.query), content)
        else:
            self._give(way.path.rpartition("/")[2], blob="/blobs/" in way.path)

    def _give(self, name: str, *, blob: bool) -> None:
        if blob and name in self.blobs:
            self._send(200, self.blobs[name])
        elif not blob and name in self.manifests:
            content, kind = self.manifests[name]
            self._send(200, content, Content_Type=f"{kind}; charset=utf-8")
        else:
            self._send(404, b"not here")

    def _take(self, path: str, query: dict[str, list[str]], content: bytes) -> None:
        if self.command == "POST":
            self._send(202, Location="/v2/upload/1?state=x")
        elif "/manifests/" in path:
            named = path.rpartition("/")[2]
            for key in (named, digest(content)):
                self.manifests[key] = content, self.headers["Content-Type"]
            self._send(201)
        else:
            assert query["state"] == ["x"]
            self.blobs[query["digest"][0]] = content
            self.pushed.append(query["digest"][0])
            self._send(201)

    do_GET = do_HEAD = do_POST = do_PUT = _answer  # noqa: N815 - names that http.server looks for

    def log_message(self, *_: object) -> None: ...


@contextmanager
def registry() -> Iterator[tuple[type[Handler], str]]:
    """The registry's content, and its host."""
    kept = type("Kept", (Handler,), {"blobs": {}, "manifests": {}, "pushed": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), kept) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield kept, f"127.0.0.1:{server.server_port}"
        server.shutdown()
