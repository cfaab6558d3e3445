"""The fleet of a local cloud: it sleeps until the first instance or group is made, then keeps them all."""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localcloud.fleet.desk import Desk
from localcloud.fleet.groups.keeper import GroupKeeper
from localcloud.fleet.instances.faults import InstanceFaults
from localcloud.fleet.instances.host import STATUS_CHECK_S, InstanceHost
from localcloud.fleet.instances.record import Instance
from localcloud.fleet.metering import Meter
from localcloud.fleet.ports import PortBook
from localcloud.fleet.regions import FleetRegions
from localcloud.fleet.tasks import TaskPorts
from localcloud.fleet.view import view

TURN_S = 1.0
log = logging.getLogger("localcloud.fleet")
Told = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Fleet:
    """Instances and Auto Scaling groups of all regions; belongs to one event loop."""

    desk: Desk
    folder: Path
    logs: Path
    endpoints: Mapping[str, str]
    """URL of the AWS API by region."""
    dns_port: int = 0
    """Where instances ask for names; 0 leaves them this machine's DNS."""
    ways: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By region and other region the port at which instances reach that one's load balancer."""
    book: PortBook = field(default_factory=PortBook)
    status_check_s: float = STATUS_CHECK_S
    clock: Callable[[], float] = time.time
    keepers: dict[tuple[str, str], GroupKeeper] = field(default_factory=dict)
    host: InstanceHost = field(init=False)
    faults: InstanceFaults = field(init=False)
    regions: FleetRegions = field(init=False)
    meter: Meter = field(init=False)
    tasks: TaskPorts = field(init=False)
    full: frozenset[str] = frozenset()
    """Zones in which launches are refused."""
    _target_ports: dict[str, int] = field(default_factory=dict)
    _awake: asyncio.Event = field(default_factory=asyncio.Event)
    _again: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self.host = InstanceHost(
            folder=self.folder,
            logs=self.logs,
            records=self.desk,
            book=self.book,
            endpoints=self.endpoints,
            lifecycle=self._lifecycle,
            ports_of=self._ports_of,
            status_check_s=self.status_check_s,
            dns_port=self.dns_port,
            ways=self.ways,
        )
        self.faults = InstanceFaults(self.host)
        self.regions = FleetRegions(self.host)
        self.tasks = TaskPorts(self.book)
        self.meter = Meter(self.desk, self.host)

    def start(self) -> None:
        """Wait for the first call of `wake`."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End all instances and keep nothing any more."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self.host.stop()

    @property
    def awake(self) -> bool:
        """Whether there was ever an instance or a group."""
        return self._awake.is_set()

    def wake_if_awake(self) -> None:
        """Look again at once, when there is something to look at."""
        if self.awake:
            self._again.set()

    def wake(self) -> None:
        """Something of an instance or a group changed."""
        self._awake.set()
        self._again.set()

    async def _run(self) -> None:
        await self._awake.wait()
        await asyncio.to_thread(self.host.prepare)
        while True:
            self._again.clear()
            try:
                await self.turn()
            except Exception:
                log.exception("a turn of the fleet failed; the next one tries again")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._again.wait(), TURN_S)

    async def turn(self) -> None:
        """Read everything once, and do what is to be done."""
        snapshot = await asyncio.to_thread(self.desk.snapshot)
        instances = [Instance.of(each, self.desk.account) for each in snapshot["instances"]]
        living = [each for each in instances if each.region not in self.regions.dead]
        groups = [each for each in snapshot["groups"] if each["region"] not in self.regions.unkept]
        await asyncio.to_thread(self._learn_ports, groups)
        self.tasks.follow(snapshot["containers"], snapshot["names"])
        await self.host.follow(living, self.clock())
        await asyncio.to_thread(self._keep, groups, living, snapshot["alarms"])
        await asyncio.to_thread(self.meter.turn, self.keepers, living, groups, self.clock())

    def _keep(self, groups: list[Told], instances: list[Instance], alarms: Told) -> None:
        by_group = defaultdict(list)
        for each in instances:
            by_group[each.region, each.group].append(each)
        known = {(each["region"], each["group"]["AutoScalingGroupName"]): each for each in groups}
        for key, told in known.items():
            region = key[0]
            keeper = self.keepers.setdefault(
                key, GroupKeeper(region, self.desk.caller(region), self.desk.tell)
            )
            keeper.turn(told, by_group[key], alarms.get(region, ()))
        for key in [key for key in self.keepers if key not in known and key[0] not in self.regions.unkept]:
            self.keepers.pop(key).end()

    def _learn_ports(self, groups: list[Told]) -> None:
        """The ports of the target groups that groups are attached to."""
        for told in groups:
            for arn in told["group"].get("TargetGroupARNs", []):
                if arn not in self._target_ports:
                    elb = self.desk.client("elbv2", told["region"])
                    found = elb.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"]
                    self._target_ports[arn] = int(found[0]["Port"])

    def _ports_of(self, instance: Instance) -> list[int]:
        keeper = self.keepers.get((instance.region, instance.group))
        facts = keeper.facts if keeper else None
        return [self._target_ports[arn] for arn in facts.group.target_groups] if facts else []

    def _lifecycle(self, name: str) -> str:
        """What the instance is to become: what the metadata service says of a group's instance."""
        for keeper in self.keepers.values():
            for member in keeper.facts.members if keeper.facts else ():
                if member.id == name:
                    return "InService" if member.alive else "Terminated"
        return "InService"

    async def refuse_launches(self, zones: list[str]) -> None:
        """Let EC2 refuse to launch in *zones*, everywhere for "*", nowhere for none."""
        self.full = frozenset(zones)
        await asyncio.to_thread(self.desk.tell, "full", zones=zones)

    async def heal(self) -> None:
        """End every fault of instances and zones."""
        await self.faults.heal()
        if self.full:
            await self.refuse_launches([])
        self.wake_if_awake()

    def status(self) -> dict[str, Any]:
        """Instances, groups and faults as they are."""
        faults = {**self.faults.told(), "full": sorted(self.full)}
        return {**view(self.host.running, self.keepers), "tasks": self.tasks.told(), "faults": faults}
