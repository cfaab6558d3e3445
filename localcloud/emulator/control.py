"""`/_gate/`: how the supervisor and drills let places die, live, and lose each other.

POST /_gate/regions/{place}  {"state": "dead" | "silent" | "stopped" | "alive"}
                             -> {"region", "state", "killed_processes", "stopped_processes"}
GET  /_gate/regions                                            -> {"us-east-1": "alive", ...}
POST /_gate/links            {"a": place, "b": place, "cut": bool}  -> [["us-east-1", "us-west-2"], ...]
GET  /_gate/links                                              -> the pairs that are cut
POST /_gate/flapping         {"region": region, "one_in": int}  -> the same; so many health checks fail
POST /_gate/sabotage         {"region": region, "fault": "kill" | "refuse" | null}  -> the same
POST /_gate/throttling       {"region", "service", "one_in": int}  -> the same; so many calls are refused
POST /_gate/clocks           {"region", "seconds": float}  -> the same; so fast is the clock of functions
GET, POST /_gate/fleet       see localcloud/emulator/fleet.py
POST /_gate/balancers/...    see localcloud/emulator/balancers.py
POST /_gate/copies/way       see localcloud/emulator/patches/replication.py
POST /_gate/databases/...    see localcloud/emulator/databases.py
POST /_gate/managed-failover {"region", "refused": bool}  -> the same; whether Aurora takes managed failovers
POST /_gate/promotion        {"region", "seconds": float}  -> the same; so long a managed failover lasts

A place is a region, the witness or "global"; links also know "operator" and "clients".
"""

import asyncio
import hmac
import json
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from localcloud.emulator.asgi import Head
from localcloud.emulator.clocks import Clocks
from localcloud.emulator.config import Door, EmulatorConfig
from localcloud.emulator.connections import Connections
from localcloud.emulator.flapping import Flapping
from localcloud.emulator.managed_failover import ManagedFailovers
from localcloud.emulator.regions import OPERATOR, RegionStates, UnknownPlaceError
from localcloud.emulator.sabotage import Sabotage, StepFault
from localcloud.emulator.throttling import Throttling

TOKEN_HEADER = "x-localcloud-token"  # noqa: S105 - the header's name
FAULTS = frozenset({"flapping", "sabotage", "throttling", "clocks", "managed-failover", "promotion"})
"""Those of one region."""
Reply = tuple[int, object]
Desk = Callable[[list[str], Mapping[str, Any]], object]
"""Carries out the order that a path names; returns what to send as JSON. Called in a thread of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Carries out the faults that drills ask for."""

    config: EmulatorConfig
    regions: RegionStates
    connections: Connections
    kill_workers: Callable[[str], int]
    """SIGKILLs the function processes of a region; returns how many there were."""
    signal_workers: Callable[[str, signal.Signals], int]
    """Sends a signal to them; returns how many there are."""
    flapping: Flapping
    sabotage: Sabotage
    throttling: Throttling
    clocks: Clocks
    managed: ManagedFailovers
    desks: Mapping[str, Desk] = field(default_factory=dict)
    """By name: "fleet" of instances and groups, "balancers", single "databases", "copies" of objects."""

    async def handle(self, door: Door, head: Head, body: bytes) -> Reply:
        """Answer one request with a status and what to send as JSON."""
        token = head.headers.get(TOKEN_HEADER, "")
        if door.place != OPERATOR or not hmac.compare_digest(token, self.config.token):
            return 403, {"message": "only the operator's port with this run's token"}
        try:
            return await self._route(head, json.loads(body or b"{}"))
        except (UnknownPlaceError, KeyError, TypeError, ValueError) as error:
            return 400, {"message": f"{type(error).__name__}: {error}"}

    async def _route(self, head: Head, order: dict[str, Any]) -> Reply:
        match head.method, head.path.strip("/").split("/")[1:]:
            case "GET", [("regions" | "links") as what]:
                return 200, self.regions.states if what == "regions" else self.regions.cut_links
            case "POST", ["regions", place]:
                return 200, await self._set_state(place, order["state"])
            case _, [desk, *name] if desk in self.desks:
                return 200, await asyncio.to_thread(self.desks[desk], name, order)
            case "POST", ["links"]:
                self.regions.link(order["a"], order["b"], cut=bool(order["cut"]))
                return 200, self.regions.cut_links
            case "POST", [fault] if fault in FAULTS:
                self._begin(fault, self._region(order["region"]), order)
                return 200, order
            case _:
                return 404, {"message": f"no {head.method} {head.path}"}

    def _begin(self, fault: str, region: str, order: dict[str, Any]) -> None:
        match fault:
            case "flapping":
                self.flapping.set(region, int(order["one_in"]))
            case "sabotage":
                self.sabotage.arm(region, StepFault(order["fault"]) if order["fault"] else None)
            case "throttling":
                self.throttling.set(region, order["service"], int(order["one_in"]))
            case "clocks":
                self.clocks.set(region, float(order["seconds"]))
            case "managed-failover":
                self.managed.set(region, refused=bool(order["refused"]))
            case "promotion":
                self.managed.set_duration(region, float(order["seconds"]))

    async def _set_state(self, place: str, state: str) -> dict[str, Any]:
        killed = stopped = 0
        if state == "alive":
            self.regions.revive(place)
            await asyncio.to_thread(self.signal_workers, place, signal.SIGCONT)
        elif state == "stopped":
            self.regions.stop(self._region(place))
            stopped = await asyncio.to_thread(self.signal_workers, place, signal.SIGSTOP)
        elif state in {"dead", "silent"}:
            self.regions.kill(place, silently=state == "silent")
            if state == "dead":
                self.connections.reset_ports(
                    port for port, door in self.config.doors.items() if place in (door.place, door.front_of)
                )
            killed = await asyncio.to_thread(self.kill_workers, place)
        else:
            raise ValueError(f"state must be dead, silent, stopped or alive, got {state!r}")
        return {"region": place, "state": state, "killed_processes": killed, "stopped_processes": stopped}

    def _region(self, place: str) -> str:
        """*place*, when something is deployed there: nothing runs in the witness, nobody asks its health."""
        if place not in self.config.regions:
            raise UnknownPlaceError(f"{place!r} is none of {list(self.config.regions)}")
        return place
