"""Keeps the machines what the records of EC2 say, and does to them what drills order."""

import asyncio
import json
import logging
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from localcloud.core.ports import free_ports
from localcloud.emulator.clocks import Clocks
from localcloud.fleet.instances import image
from localcloud.fleet.instances.machine import Machine
from localcloud.fleet.instances.metadata import MetadataService
from localcloud.fleet.instances.metadata_server import MetadataServer
from localcloud.fleet.instances.record import Instance
from localcloud.fleet.ports import PortBook

STATUS_CHECK_S = 120.0
"""How long an instance is unreachable before a status check says so: two checks, one a minute.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-system-instance-status-check.html
"""
log = logging.getLogger("localcloud.fleet")


class Records(Protocol):
    """What the host tells EC2, and asks of it. Calls block."""

    def set_instance(self, region: str, instance: str, **told: object) -> None:
        """The instance is in another *state*, or *impaired*."""

    def session(self, region: str, profile: str, instance: str) -> dict[str, Any]:
        """Keys of the role of an instance profile."""


@dataclass(slots=True, kw_only=True)
class Running:
    """A machine and what belongs to it."""

    machine: Machine
    metadata: MetadataServer
    boots: int
    ports: Mapping[int, int]
    unreachable_since: float | None = None


@dataclass(slots=True, kw_only=True)
class InstanceHost:
    """The machines by the id of their instance; used from one event loop."""

    folder: Path
    logs: Path
    records: Records
    book: PortBook
    endpoints: Mapping[str, str]
    """URL of the AWS API by region."""
    lifecycle: Callable[[str], str]
    """What a group's instance is to become, for the metadata service."""
    ports_of: Callable[[Instance], Iterable[int]] = lambda _: ()
    """Ports of an instance besides those that its security groups open."""
    status_check_s: float = STATUS_CHECK_S
    dns_port: int = 0
    """Where instances ask for names; 0 leaves them this machine's DNS."""
    ways: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By region and other region the port at which instances reach that one's load balancer."""
    fast: dict[str, float] = field(default_factory=dict)
    """By region how many seconds the clock of an instance is fast that boots there."""
    running: dict[str, Running] = field(default_factory=dict)
    _clocks: dict[str, Clocks] = field(default_factory=dict)
    _given_ports: dict[str, dict[int, int]] = field(default_factory=dict)

    def clock(self, name: str) -> Clocks:
        """The clock of the instance, right at first."""
        if name not in self._clocks:
            self._clocks[name] = Clocks([name], folder=self.folder / "clocks")
        return self._clocks[name]

    def prepare(self) -> None:
        """Begin with an empty folder and the programs of the machine image."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.logs.mkdir(parents=True, exist_ok=True)
        image.install(self.folder / "bin")

    async def follow(self, instances: Iterable[Instance], now: float) -> None:
        """Let the machines be what the records say."""
        known = {each.id: each for each in instances}
        work = [self._follow(each, now) for each in known.values()]
        work += [self._end(name) for name in self.running.keys() - known.keys()]
        await asyncio.gather(*work)

    async def _follow(self, instance: Instance, now: float) -> None:
        here = self.running.get(instance.id)
        if instance.state != "running":
            await self._end(instance.id)
        elif here is None:
            await self._boot(instance)
        elif here.boots != instance.boots:
            await asyncio.to_thread(here.machine.shut_down)
            await self._boot(instance)
        else:
            here.machine.instance = here.metadata.instance = instance
            await self._check(instance, here, now)

    async def _boot(self, instance: Instance) -> None:
        before = self.running.pop(instance.id, None)
        if before:
            await before.metadata.stop()
        ports, metadata_port = self._ports(instance)
        service = MetadataService(self._session(instance.region), self.lifecycle)
        server = MetadataServer(service, instance, metadata_port)
        self.clock(instance.id).set(instance.id, self.fast.get(instance.region, 0.0))
        await server.start()
        machine = Machine(instance, self.folder / instance.id, self.logs / f"{instance.id}.log")
        machine.root.mkdir(parents=True, exist_ok=True)
        environment = image.environment(
            machine.root, self.folder / "bin", ports, self._given(instance, server)
        )
        await asyncio.to_thread(machine.boot, environment)
        self.book.enter(instance.id, instance.zone, ports)
        self.running[instance.id] = Running(
            machine=machine, metadata=server, boots=instance.boots, ports=ports
        )
        log.info("%s boots in %s, ports %s", instance.id, instance.zone, ports)

    def _ports(self, instance: Instance) -> tuple[dict[int, int], int]:
        """Where the instance listens, the same on every boot, and its metadata service."""
        known = self._given_ports.setdefault(instance.id, {})
        new = sorted({*instance.ports, *self.ports_of(instance)} - known.keys())
        *real, metadata_port = free_ports(len(new) + 1)
        known.update(zip(new, real, strict=True))
        return dict(known), metadata_port

    def _session(self, region: str) -> Callable[[str, str], dict[str, Any]]:
        return lambda profile, instance: self.records.session(region, profile, instance)

    def _given(self, instance: Instance, server: MetadataServer) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.endpoints[instance.region],
            "AWS_REGION": instance.region,
            "AWS_DEFAULT_REGION": instance.region,
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url,
            "INSTANCE_CLOCK": str(self.clock(instance.id).files[instance.id]),
            **({"INSTANCE_DNS": str(self.dns_port)} if self.dns_port else {}),
            "INSTANCE_WAYS": json.dumps(self.ways.get(instance.region, {})),
        }

    async def _check(self, instance: Instance, here: Running, now: float) -> None:
        """Notice that an instance ended by itself, and let status checks fail after their time."""
        reachable = here.machine.pid is not None and not self.book.is_cut(instance.zone)
        here.unreachable_since = None if reachable else (here.unreachable_since or now)
        since = here.unreachable_since
        impaired = since is not None and now - since >= self.status_check_s
        if impaired != instance.impaired:
            await asyncio.to_thread(
                self.records.set_instance, instance.region, instance.id, impaired=impaired
            )

    async def _end(self, name: str) -> None:
        here = self.running.pop(name, None)
        if here is None:
            return
        try:
            await asyncio.to_thread(here.machine.shut_down)
        finally:  # even when the cloud stops meanwhile
            self.book.power_off(name)
            self._clocks.pop(name, None)
            here.machine.power_off()
            await here.metadata.stop()
        log.info("%s has ended", name)

    async def stop(self) -> None:
        """End all machines at once."""
        for name in list(self.running):
            await asyncio.to_thread(self.running[name].machine.power_off)
            await self._end(name)
