"""Serves the watch page on 127.0.0.1, to nobody but a browser on this machine.

A page of another site could point its own name at 127.0.0.1 (DNS rebinding); so a request whose Host is not
the loopback address is refused. Nothing can be changed through this server: it answers GET only.
"""

import hashlib
from base64 import b64encode
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from gameday.report.live import look, watch

_NAMES = frozenset({"127.0.0.1", "localhost"})


def _source(text: str) -> str:
    """The hash by which a content security policy allows exactly *text*."""
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; script-src {_source(watch.SCRIPT)}; style-src {_source(watch.WATCH_STYLE)}; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def application(file: Path = look.FILE) -> web.Application:
    """The aiohttp application over the file that a drill writes."""

    async def page(_: web.Request) -> web.Response:
        return web.Response(text=watch.page(look.read(file)), content_type="text/html", headers=HEADERS)

    async def now(_: web.Request) -> web.Response:
        return web.Response(text=watch.content(look.read(file)), content_type="text/html", headers=HEADERS)

    async def figures(_: web.Request) -> web.Response:
        seen = look.read(file)
        text = seen.model_dump_json() if seen else "null"
        return web.Response(text=text, content_type="application/json", headers=HEADERS)

    app = web.Application(middlewares=[only_this_machine])
    routes = {"/": page, "/now": now, "/drill.json": figures}
    app.router.add_routes(web.get(path, handler) for path, handler in routes.items())
    return app


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def only_this_machine(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a request that was not meant for the loopback address, or comes from another site."""
    name = request.host.rsplit(":", 1)[0]
    origin = request.headers.get("Origin")
    if name not in _NAMES or origin not in {None, f"http://{request.host}"}:
        return web.Response(status=403, text="This page is for a browser on this machine.\n", headers=HEADERS)
    return await handler(request)


def serve(port: int, say: Callable[[str], None]) -> None:
    """Serve until interrupted."""
    web.run_app(application(), host="127.0.0.1", port=port, print=say, access_log=None)
