"""All parts of a running local cloud, and what drills may do to them."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from localcloud.core.database_pair import DatabasePair
from localcloud.core.link import Link
from localcloud.core.state import CloudState
from localcloud.database_faults import DATABASE_FAULTS, DatabaseFaults
from localcloud.emulated_aws import EmulatedAws
from localcloud.fleet.balancer.plane import Balancers
from localcloud.fleet.fleet import Fleet
from localcloud.fleet.partial_faults import FLEET_FAULTS, begin
from localcloud.issuer import Issuer
from localcloud.partial_faults import PartialFaults
from localcloud.route53.plane import Route53Plane
from localcloud.systems.system import LocalSystem

_IN_LOOP_WITHIN_S = 20.0
log = logging.getLogger("localcloud")
T = TypeVar("T")


@dataclass(slots=True)
class LocalCloud:
    """Faults add up until `heal` ends them all. Calls block, and come from any thread but the loop's.

    A place is a region, the witness or "global", the control planes that are homed in one region.
    """

    system: LocalSystem
    state: CloudState
    pair: DatabasePair[Any]
    aws: EmulatedAws
    links: dict[str, Link]
    """The way of what is replicated to each database server; they belong to *loop*."""
    plane: Route53Plane
    issuer: Issuer
    """Of access tokens; it belongs to *loop*, too."""
    loop: asyncio.AbstractEventLoop
    salvage_to: Path
    """Where rows go that only a lost writer has."""
    fleet: Fleet | None = None
    """Instances and their groups; it belongs to *loop*, too."""
    balancers: Balancers | None = None
    """They belong to *loop*, too."""
    ways: dict[str, Link] = field(default_factory=dict)
    """By region the way of its instances to the other one's load balancer; they belong to *loop*, too."""
    dead: set[str] = field(default_factory=set)
    stopped: set[str] = field(default_factory=set)
    cut: set[frozenset[str]] = field(default_factory=set)
    partial_faults: PartialFaults = field(init=False)
    database_faults: DatabaseFaults = field(init=False)

    def __post_init__(self) -> None:
        self.database_faults = DatabaseFaults(self.system, self.pair, self.aws)
        self.partial_faults = PartialFaults(
            self.system, self.state, self.pair, self.aws, self.lag, self._set_issuer, self._set_clock
        )

    def promote(self, region: str) -> None:
        """Make the database server that is called *region* the writer."""
        log.info("promoting the database of %s", region)
        self.pair.promote(region)

    def switchover(self, region: str) -> None:
        """Move the writer to *region* without loss; the other server becomes its standby."""
        log.info("switching the database over to %s", region)
        self.pair.switchover(region)

    def create_owner(self, username: str, password: str, database: str) -> None:
        """Create the role and its database on the writer."""
        self.pair.create_owner(username, password, database)

    def kill(self, place: str, *, silently: bool = False) -> int:
        """Cut *place* off and kill every process of it; returns how many processes died.

        *silently*: its addresses swallow packets, as those of a lost region do, and refuse nobody.
        """
        self._must_be(place, {*self.state.regions, *filter(None, [self.system.witness]), "global"})
        log.warning("killing %s", place)
        self.dead.add(place)
        if place in self.state.regions:
            # First, because what is under way is lost with the region, and its processes die one by one.
            for link in self.links.values():
                self._in_loop(_cut(link))
        workers = int(self.aws.set_region(place, "silent" if silently else "dead")["killed_processes"])
        if place not in self.state.regions:
            return workers
        self._look_at_balancers()
        if self.fleet:
            workers += self._in_loop(self.fleet.regions.kill(place))
        return workers + sum(len(self.pair.kill(server)) for server in self._servers(place))

    def _servers(self, region: str) -> list[str]:
        """The database servers there."""
        return [server for server, home in self.system.databases.items() if home == region]

    def stop(self, region: str) -> int:
        """Let every process of *region* stand still, without a word; returns how many there are."""
        self._must_be(region, set(self.state.regions))
        log.warning("stopping %s", region)
        self.stopped.add(region)
        workers = int(self.aws.set_region(region, "stopped")["stopped_processes"])
        if self.fleet:
            workers += self._in_loop(self.fleet.regions.stop(region))
        return workers + sum(len(self.pair.freeze(server)) for server in self._servers(region))

    def revive(self, place: str) -> int:
        """Let *place* live again with the data it has; returns how many database processes go on."""
        self._must_be(place, self.dead | self.stopped)
        log.warning("reviving %s", place)
        processes = 0
        if place in self.stopped:
            processes = sum(len(self.pair.thaw(server)) for server in self._servers(place))
        elif place in self.state.regions:
            if frozenset(self.links) not in self.cut:
                for link in self.links.values():
                    self._in_loop(_heal(link))
            for server in self._servers(place):
                self.pair.revive(server)
        self.dead.discard(place)
        self.stopped.discard(place)
        self.aws.set_region(place, "alive")
        self._look_at_balancers()
        if self.fleet:
            self._in_loop(self.fleet.regions.revive(place))
        return processes

    def link(self, one: str, other: str, *, cut: bool) -> None:
        """Cut or mend the way between two places; between two regions that of the databases, too."""
        log.warning("%s %s - %s", "cutting" if cut else "mending", one, other)
        self.aws.set_link(one, other, cut=cut)
        ends = frozenset({one, other})
        self.cut = self.cut | {ends} if cut else self.cut - {ends}
        for ways in (self.links, self.ways):
            if ends == ways.keys():
                for way in ways.values():
                    self._in_loop(_cut(way) if cut else _heal(way))

    def fault(self, name: str, order: Mapping[str, Any]) -> None:
        """Begin the fault *name*; see partial_faults.py here and in fleet/, and database_faults.py."""
        if name in FLEET_FAULTS and self.fleet:
            log.warning("fault: %s %s", name, dict(order))
            self._in_loop(begin(self.fleet, name, order))
        elif name in DATABASE_FAULTS:
            self.database_faults.begin(name, order)
        else:
            self.partial_faults.begin(name, order)

    def wake_fleet(self) -> None:
        """An instance, a group or a load balancer was made or changed."""
        for part in (self.fleet, self.balancers):
            if part:
                self.loop.call_soon_threadsafe(part.wake)

    def _look_at_balancers(self) -> None:
        """Those of a region that died answer nobody, those of one that lives do."""
        if self.balancers and self.balancers.awake:
            self.loop.call_soon_threadsafe(self.balancers.wake)

    def lag(self, seconds: float) -> None:
        """Let commits of either region reach the other one only after *seconds*."""
        for link in self.links.values():
            link.delay_ms = seconds * 1000

    def _set_issuer(self, *, up: bool) -> None:
        self._in_loop(self.issuer.start() if up else self.issuer.stop())

    def _set_clock(self, region: str, seconds: float) -> None:
        self.aws.set_clock(region, seconds)
        if self.fleet:
            self.fleet.regions.set_clock(region, seconds)

    def heal(self) -> int:
        """End every fault, and let the database that is not the writer follow it.

        Returns how many rows only the lost writer had; they are in *salvage_to*.
        """
        for one, other in [tuple(sorted(ends)) for ends in self.cut]:
            self.link(one, other, cut=False)
        self.partial_faults.end()
        self.database_faults.end()
        if self.fleet:
            self._in_loop(self.fleet.heal())
        follower = next(server for server in self.system.databases if server != self.pair.writer)
        for place in sorted(self.dead | self.stopped):
            self.revive(place)
        self.lag(0.0)  # a rewind asks hundreds of questions, and repair is no part of any drill
        try:
            rows = self.pair.rejoin(follower, salvage_to=self.salvage_to)
            self.database_faults.rebuild()
        finally:
            self.lag(self.system.replication_delay_ms / 1000)
        return rows

    def status(self) -> dict[str, Any]:
        """What runs, region by region, and what DNS thinks of it."""
        return {
            "regions": {
                region: {
                    "state": self._state(region),
                    "writer": self._state(region) == "alive"
                    and any(map(self.pair.is_writer, self._servers(region))),
                }
                for region in self.state.regions
            },
            "dns": self.plane.status(),
            **({"fleet": self.fleet.status()} if self.fleet and self.fleet.awake else {}),
            **({"balancers": self.balancers.status()} if self.balancers and self.balancers.awake else {}),
        }

    def _state(self, region: str) -> str:
        if region in self.dead:
            return "dead"
        return "stopped" if region in self.stopped else "alive"

    def _in_loop(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(_IN_LOOP_WITHIN_S)

    @staticmethod
    def _must_be(place: str, places: set[str]) -> None:
        if place not in places:
            raise ValueError(f"{place} is none of {sorted(places)}")


async def _cut(link: Link) -> None:
    await link.cut()


async def _heal(link: Link) -> None:
    link.heal()
