"""The supervisor's HTTP interface on loopback: hooks for the emulator, faults for drills."""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Protocol

from aiohttp import web

from localcloud.core.errors import LocalCloudError

TOKEN_HEADER = "X-Localcloud-Token"  # noqa: S105 - the name of the header, not a token


class Regions(Protocol):
    """What the control interface can do to the local cloud. Blocking calls, one thread each."""

    def promote(self, region: str) -> None:
        """Make the PostgreSQL server of *region* the writer."""

    def switchover(self, region: str) -> None:
        """Move the writer to *region* without loss; the other server becomes its standby."""

    def create_owner(self, username: str, password: str, database: str) -> None:
        """Create the role and its database on the writer."""

    def kill(self, place: str, *, silently: bool = False) -> int:
        """Kill every process of *place* and cut it off; returns how many processes died.

        *silently*: whoever calls it gets no refusal, only silence.
        """

    def stop(self, region: str) -> int:
        """Let every process of *region* stand still; returns how many there are."""

    def revive(self, place: str) -> int:
        """Let *place* live again with the data it has; returns how many database processes go on."""

    def link(self, one: str, other: str, *, cut: bool) -> None:
        """Cut or mend the way between two places."""

    def fault(self, name: str, order: Mapping[str, Any]) -> None:
        """Begin a fault that takes no place away; see localcloud/partial_faults.py."""

    def wake_fleet(self) -> None:
        """An instance or a group was made or changed."""

    def heal(self) -> int:
        """End every fault; returns how many rows only a lost writer had."""

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

    async def fleet(_: web.Request) -> web.Response:
        regions.wake_fleet()
        return web.json_response({})

    async def status(_: web.Request) -> web.Response:
        view = await asyncio.to_thread(regions.status)
        return web.json_response(view, dumps=lambda value: json.dumps(value, default=str))

    app = web.Application(middlewares=[only_ours])
    app.router.add_routes(_faults(regions))
    app.router.add_post("/hooks/promote", promote)
    app.router.add_post("/hooks/database", database)
    app.router.add_post("/hooks/fleet", fleet)
    app.router.add_get("/status", status)
    return app


def _faults(regions: Regions) -> list[web.RouteDef]:
    """What drills order. A place or a number that makes no sense is answered with 400 and the reason."""
    actions: dict[str, Callable[[str], int]] = {
        "kill": regions.kill,
        "swallow": partial(regions.kill, silently=True),
        "stop": regions.stop,
        "revive": regions.revive,
    }

    async def act(request: web.Request) -> web.Response:
        action = actions.get(request.match_info["action"])
        if action is None:
            return web.json_response({"error": f"a place can {', '.join(actions)}"}, status=404)
        return await _answer(lambda: {"processes": action(request.match_info["place"])})

    async def links(request: web.Request) -> web.Response:
        order = await request.json()
        return await _answer(lambda: regions.link(order["a"], order["b"], cut=bool(order["cut"])))

    async def fault(request: web.Request) -> web.Response:
        order = await request.json()
        return await _answer(lambda: regions.fault(request.match_info["name"], order))

    async def heal(_: web.Request) -> web.Response:
        return await _answer(lambda: {"salvaged_rows": regions.heal()})

    return [
        web.post("/places/{place}/{action}", act),
        web.post("/links", links),
        web.post("/faults/{name}", fault),
        web.post("/heal", heal),
    ]


async def _answer(act: Callable[[], dict[str, int] | None]) -> web.Response:
    """Run *act* in a thread of its own and answer with what it returns."""
    try:
        return web.json_response(await asyncio.to_thread(act) or {})
    except (ValueError, KeyError) as error:
        return web.json_response({"error": str(error)}, status=400)
    except (OSError, LocalCloudError) as error:  # the gate or a database did not do it in time
        return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=502)
