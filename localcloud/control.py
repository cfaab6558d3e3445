"""The supervisor's HTTP interface on loopback: hooks for the emulator, faults for drills."""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from aiohttp import web

TOKEN_HEADER = "X-Localcloud-Token"  # noqa: S105 - the name of the header, not a token


class Regions(Protocol):
    """What the control interface can do to the local cloud. Blocking calls, one thread each."""

    def promote(self, region: str) -> None:
        """Make the PostgreSQL server of *region* the writer."""

    def switchover(self, region: str) -> None:
        """Move the writer to *region* without loss; the other server becomes its standby."""

    def create_owner(self, username: str, password: str, database: str) -> None:
        """Create the role and its database on the writer."""

    def kill(self, region: str) -> int:
        """Kill every process of *region* and cut it off; returns how many processes died."""

    def revive(self, region: str) -> int:
        """Let a killed *region* live again; returns how many rows only it had."""

    def status(self) -> dict[str, Any]:
        """What runs, region by region."""


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(regions: Regions, token: str) -> web.Application:
    """The aiohttp application; everything but GET /status needs the run's token."""

    @web.middleware
    async def only_ours(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get(TOKEN_HEADER, "")
        open_to_all = request.method == "GET" and request.path == "/status"
        if "Origin" in request.headers or not (open_to_all or hmac.compare_digest(given, token)):
            return web.json_response({"error": "not for you"}, status=403)
        return await handler(request)

    async def promote(request: web.Request) -> web.Response:
        order = await request.json()
        move = {"failover": regions.promote, "switchover": regions.switchover}[order["action"]]
        await asyncio.to_thread(move, order["to_region"])
        return web.json_response({"writer": order["to_region"]})

    async def database(request: web.Request) -> web.Response:
        order = await request.json()
        await asyncio.to_thread(regions.create_owner, order["username"], order["password"], order["database"])
        return web.json_response({"database": order["database"]})

    async def kill(request: web.Request) -> web.Response:
        killed = await asyncio.to_thread(regions.kill, request.match_info["region"])
        return web.json_response({"killed_processes": killed})

    async def revive(request: web.Request) -> web.Response:
        rows = await asyncio.to_thread(regions.revive, request.match_info["region"])
        return web.json_response({"salvaged_rows": rows})

    async def status(_: web.Request) -> web.Response:
        view = await asyncio.to_thread(regions.status)
        return web.json_response(view, dumps=lambda value: json.dumps(value, default=str))

    app = web.Application(middlewares=[only_ours])
    app.router.add_post("/hooks/promote", promote)
    app.router.add_post("/hooks/database", database)
    app.router.add_post("/regions/{region}/kill", kill)
    app.router.add_post("/regions/{region}/revive", revive)
    app.router.add_get("/status", status)
    return app
