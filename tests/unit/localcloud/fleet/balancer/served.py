"""A balancer on real sockets: its listeners, its targets, and instances whose ports a test decides."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
from aiohttp import web
from yarl import URL

from localcloud.core.tls import Authority
from localcloud.fleet.balancer.health import Target
from localcloud.fleet.balancer.health import TargetState as Health
from localcloud.fleet.balancer.listeners import Doors
from localcloud.fleet.balancer.model import BalancerConfiguration, Listener, LoadBalancer, TargetGroup
from localcloud.fleet.balancer.proxy import Proxy
from localcloud.fleet.balancer.state import BalancerState
from localcloud.fleet.balancer.upstream import Upstream
from localcloud.fleet.ports import Endpoint
from tests.unit.localcloud.fleet.balancer.world import balancer, group, listener

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
Raw = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Instances:
    """Where instances listen; tests write into `known`."""

    def __init__(self) -> None:
        self.known: dict[str, Endpoint] = {}

    def endpoint(self, instance: str, port: int) -> Endpoint | None:
        return self.known.get(instance)

    def darken(self, instance: str) -> None:
        self.known[instance] = replace(self.known[instance], dark=True)


@dataclass
class Served:
    """A running balancer."""

    state: BalancerState
    doors: Doors
    instances: Instances
    parts: AsyncExitStack
    client: aiohttp.ClientSession = field(init=False)

    async def target(self, number: int, handler: Handler) -> None:
        """Let instance `i-<number>` serve HTTP."""
        server = web.Server(handler)
        await self._listen(number, await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0))
        self.parts.push_async_callback(server.shutdown, 0.1)

    async def raw_target(self, number: int, talk: Raw) -> None:
        """Let instance `i-<number>` do what *talk* does with a connection."""
        await self._listen(number, await asyncio.start_server(talk, "127.0.0.1", 0))

    async def _listen(self, number: int, server: asyncio.Server) -> None:
        port = server.sockets[0].getsockname()[1]
        self.instances.known[f"i-{number}"] = Endpoint(port, f"us-east-1{'abc'[number % 3]}")
        self.parts.callback(server.close)

    async def configure(
        self,
        *groups: TargetGroup,
        balancers: tuple[LoadBalancer, ...] | None = None,
        healthy: bool = True,
        **more: Any,
    ) -> None:
        """Let the balancer be what this says, with targets that all passed their checks."""
        chosen = balancers or (balancer(listener(port=80, protocol="HTTP")),)
        configuration = BalancerConfiguration(
            balancers=chosen, groups={one.arn: one for one in groups or (group(),)}, **more
        )
        self.state.configure(configuration, asyncio.get_running_loop().time())
        await self.doors.configure(configuration)
        if healthy:
            for targets in self.state.targets.values():
                for id_, target in targets.items():
                    if target.registered:
                        targets[id_] = Target(id=id_, state=Health.HEALTHY, reason=None)

    @property
    def port(self) -> int:
        (ports,) = self.doors.ports.values()
        return next(iter(ports.values()))

    async def get(self, path: str = "/", **more: Any) -> tuple[int, str, aiohttp.ClientResponse]:
        return await self.ask("GET", path, **more)

    async def ask(self, method: str, path: str = "/", **more: Any) -> tuple[int, str, aiohttp.ClientResponse]:
        more = {"allow_redirects": False} | more
        url = URL(f"http://127.0.0.1:{self.port}{path}", encoded=True)
        async with self.client.request(method, url, **more) as answer:
            return answer.status, await answer.text(), answer

    def counted(self, name: str, *scope: str) -> int:
        """The sum of a metric in the scope of these dimensions."""
        wanted = scope or ("LoadBalancer",)
        return sum(
            count
            for tally in self.state.tallies.values()
            for (metric, dimensions), count in tally.counts.items()
            if metric == name and tuple(key for key, _ in dimensions) == wanted
        )


@asynccontextmanager
async def serving(*, connect_within_s: float = 10.0) -> AsyncIterator[Served]:
    async with AsyncExitStack() as parts:
        instances = Instances()
        state = BalancerState(instances)
        upstream = Upstream(connect_within_s=connect_within_s)
        parts.push_async_callback(upstream.close)
        doors = Doors(serve=Proxy(state=state, upstream=upstream).serve, authority=Authority())
        parts.push_async_callback(doors.close)
        served = Served(state, doors, instances, parts)
        served.client = await parts.enter_async_context(
            aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        )
        yield served


def one_listener(changed: Listener, **more: Any) -> tuple[LoadBalancer, ...]:
    return (balancer(changed, **more),)
