"""The load balancers of a local cloud: configuration in, checks and requests, health and metrics out."""

import asyncio
import gc
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from localcloud.core.tls import Authority
from localcloud.emulator.gc_freeze import looked_for_once
from localcloud.fleet.balancer import reporting
from localcloud.fleet.balancer.control_plane import ControlPlane, Unreachable
from localcloud.fleet.balancer.health import Target, serves
from localcloud.fleet.balancer.listeners import Doors
from localcloud.fleet.balancer.model import LoadBalancer, TargetGroup
from localcloud.fleet.balancer.proxy import Proxy
from localcloud.fleet.balancer.state import BalancerState
from localcloud.fleet.balancer.status import balancer_status, target_status
from localcloud.fleet.balancer.upstream import Upstream
from localcloud.fleet.balancer.watch import Watch
from localcloud.fleet.ports import InstancePorts

TURN_S = 1.0
"""Between two looks at what is due: draining that is over, health to tell."""
READ_EVERY_S = 5.0
"""Between two readings of the configuration when nobody says that it changed."""
TELL_EVERY_S = 10.0
"""Between two lots of metrics. AWS's are of a minute; the sums over a minute are the same."""
LOG_EVERY_S = 300.0
"""Between two access logs of a balancer."""
_LOGGER = logging.getLogger("localcloud.fleet")


@dataclass(slots=True, kw_only=True)
class Balancers:
    """All load balancers of one local cloud; they sleep until there is one. Belongs to one event loop.

    When the control plane does not answer, what was read last stays in force and requests are served.

    Args:
        control_plane: Reads the configuration, takes health, metrics and logs.
        instances: Where instances listen.
        authority: Signs the certificates of listeners.
        time_scale: How many times faster than AWS targets are checked; timeouts stay.
        wall: Seconds since the epoch.
    """

    control_plane: ControlPlane
    instances: InstancePorts
    authority: Authority
    time_scale: float = 1.0
    wall: Callable[[], float] = time.time
    state: BalancerState = field(init=False)
    doors: Doors = field(init=False)
    _upstream: Upstream = field(init=False)
    _watch: Watch = field(init=False)
    _main: asyncio.Task[None] | None = None
    _told: object = None
    _awake: asyncio.Event = field(default_factory=asyncio.Event)
    _again: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        """Wait for the first call of `wake`."""
        self.state = BalancerState(self.instances)
        self._upstream = Upstream()
        self._watch = Watch(state=self.state, time_scale=self.time_scale)
        proxy = Proxy(state=self.state, upstream=self._upstream)
        self.doors = Doors(serve=proxy.serve, authority=self.authority)
        self._main = asyncio.create_task(self._run(), name="load balancers")
        self._main.add_done_callback(_report)

    @property
    def awake(self) -> bool:
        """Whether there was ever a load balancer."""
        return self._awake.is_set()

    def wake(self) -> None:
        """Something of the configuration changed: look at once."""
        self._awake.set()
        self._again.set()

    async def stop(self) -> None:
        """Close every listener; what is counted and logged so far is told."""
        if self._main:
            self._main.cancel()
            await asyncio.wait((self._main,))
        await self._watch.close()
        await self.doors.close()
        await self.publish()
        await self.write_logs()
        await self._upstream.close()

    async def look(self) -> None:
        """Read the configuration once and become what it says."""
        try:
            configuration = await self.control_plane.read()
        except Unreachable as error:
            _LOGGER.info("the configuration of load balancers was not read: %s", error)
            return
        for said in set(configuration.unsupported) - set(self.state.configuration.unsupported):
            _LOGGER.warning("%s", said)
        self.state.configure(configuration, _now())
        self._watch.staff()
        await self.doors.configure(configuration)
        await self._tell()

    async def publish(self) -> None:
        """Put the metrics of the time since the last ones."""
        await reporting.publish(self.state, self.control_plane, self._members, at=self.wall())

    async def write_logs(self) -> None:
        """Put the access logs of the time since the last ones."""
        await reporting.write_logs(self.state, self.control_plane, at=self.wall())

    def healthy(self) -> dict[str, bool]:
        """By DNS name: whether Route 53 takes the balancer for healthy: each of its groups must be.

        https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-alias-common.html
        """
        return {
            balancer.dns_name: all(
                serves(group.dns, self.state.targets[group.arn].values()) for group in self._groups(balancer)
            )
            for balancer in self.state.configuration.balancers
        }

    def drained(self, instance: str) -> bool:
        """Whether no new request goes to *instance* and none is under way there."""
        return self.state.drained(instance)

    def status(self) -> list[dict[str, Any]]:
        """Each balancer with its ports and targets, ready for JSON."""
        ports = self.doors.ports
        return [
            balancer_status(balancer, ports.get(balancer.dns_name, {}), self._members(balancer))
            for balancer in self.state.configuration.balancers
        ]

    async def _run(self) -> None:
        await self._awake.wait()
        with looked_for_once():
            gc.collect()  # a later one would stop requests for as long as this takes, which is half a second
            await self._turns()

    async def _turns(self) -> None:
        read = published = logged = _now()
        while True:
            if self._again.is_set() or _now() - read >= READ_EVERY_S:
                self._again.clear()
                read = _now()
                await self.look()
            else:
                self.state.configure(self.state.configuration, _now())
                await self._tell()
            if _now() - published >= TELL_EVERY_S:
                published = _now()
                await self.publish()
            if _now() - logged >= LOG_EVERY_S:
                logged = _now()
                await self.write_logs()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._again.wait(), TURN_S)

    def _groups(self, balancer: LoadBalancer) -> list[TargetGroup]:
        known = self.state.configuration.groups
        return [known[arn] for arn in sorted(balancer.groups) if arn in known]

    def _members(self, balancer: LoadBalancer) -> list[tuple[TargetGroup, tuple[tuple[str, Target], ...]]]:
        """The groups that it forwards to, each with its targets and their zones."""
        return [
            (
                group,
                tuple(
                    (self.state.endpoint(one.id).zone, one) for one in self.state.targets[group.arn].values()
                ),
            )
            for group in self._groups(balancer)
        ]

    async def _tell(self) -> None:
        """Say what was found, unless it was said already."""
        groups = self.state.configuration.groups
        said = {
            arn: [target_status(groups[arn], target) for target in targets.values()]
            for arn, targets in self.state.targets.items()
        }
        if said == (self._told or {}):
            return
        health = {
            arn: [{"Id": one["id"], "Port": one["port"], "Health": one["health"]} for one in targets]
            for arn, targets in said.items()
        }
        try:
            await self.control_plane.tell(health)
            self._told = said
        except Unreachable as error:
            _LOGGER.info("health was not told: %s", error)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        _LOGGER.critical("the load balancers stopped", exc_info=error)
