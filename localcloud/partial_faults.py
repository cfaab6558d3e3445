"""Faults that take no place away: a flapping check, a late replica, a full disk, a wrong clock ..."""

import json
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import boto3

from localcloud.core.state import CloudState
from localcloud.systems.system import LocalSystem

log = logging.getLogger("localcloud")
Order = Mapping[str, Any]


class Databases(Protocol):
    """What partial faults do to the databases."""

    def fill_disk(self, region: str) -> frozenset[int]:
        """Let the region's server write nothing more until it is started again."""

    def create_owner(self, username: str, password: str, database: str) -> None:
        """Give the owner a password on the writer, and end the sessions that know another one."""


class GateFaults(Protocol):
    """What partial faults do to the emulated AWS."""

    def set_flapping(self, region: str, one_in: int) -> None:
        """Let one in *one_in* health checks of *region* fail; 0 ends it."""

    def set_sabotage(self, region: str, fault: str | None) -> None:
        """Let every step of a takeover in *region* come to "kill" or "refuse" once; None ends it."""

    def set_throttling(self, region: str, service: str, one_in: int) -> None:
        """Refuse one in *one_in* calls of *service* in *region*; 0 ends it."""

    def set_managed_failover(self, region: str, *, refused: bool) -> None:
        """Let Aurora take no managed failovers in *region*, or take them again."""

    def set_promotion(self, region: str, seconds: float) -> None:
        """Let a managed failover to *region* last so long; 0: as long as the local server takes."""

    def set_copies(self, *, cut: bool) -> None:
        """Let copies of objects wait on their way to another region, or go on."""


@dataclass(slots=True)
class PartialFaults:
    """Begins faults and ends those that do not end by themselves. Calls block."""

    system: LocalSystem
    state: CloudState
    databases: Databases
    gate: GateFaults
    lag: Callable[[float], None]
    """Lets commits of either region reach the other one only after so many seconds."""
    set_issuer: Callable[..., None]
    """Lets the issuer of access tokens answer, or nobody there."""
    set_clock: Callable[[str, float], None]
    """Lets the clocks of a region's functions and instances be so many seconds fast."""
    flapping: set[str] = field(default_factory=set)
    sabotaged: set[str] = field(default_factory=set)
    throttled: set[tuple[str, str]] = field(default_factory=set)
    skewed: set[str] = field(default_factory=set)
    unmanaged: set[str] = field(default_factory=set)
    """Where Aurora takes no managed failover."""
    slow: set[str] = field(default_factory=set)
    """Where a managed failover lasts longer than here."""
    issuer_down: bool = False
    copies_cut: bool = False

    def begin(self, name: str, order: Order) -> None:
        """Begin the fault *name*. Raises ValueError for an unknown one, KeyError for half an order."""
        known: dict[str, Callable[[Order], None]] = {
            "flapping": self._flapping,
            "lag": self._lag,
            "sabotage": self._sabotage,
            "disk": self._disk,
            "throttling": self._throttling,
            "clock": self._clock,
            "managed-failover": self._managed_failover,
            "promotion": self._promotion,
            "password": self._password,
            "issuer": self._issuer,
            "copies": self._copies,
        }
        if name not in known:
            raise ValueError(f"{name} is none of {', '.join(known)}")
        log.warning("fault: %s %s", name, dict(order))
        known[name](order)

    def end(self) -> None:
        """End what goes on; not a lag, which repair takes care of.

        A full disk is empty when its server starts again, and a password stays.
        """
        for region in sorted(self.flapping):
            self.gate.set_flapping(region, 0)
        for region in sorted(self.sabotaged):
            self.gate.set_sabotage(region, None)
        for region, service in sorted(self.throttled):
            self.gate.set_throttling(region, service, 0)
        for region in sorted(self.skewed):
            self.set_clock(region, 0.0)
        for region in sorted(self.unmanaged):
            self.gate.set_managed_failover(region, refused=False)
        for region in sorted(self.slow):
            self.gate.set_promotion(region, 0.0)
        if self.copies_cut:
            self._copies({"cut": False})
        if self.issuer_down:
            self.set_issuer(up=True)
            self.issuer_down = False
        regions = (self.flapping, self.sabotaged, self.skewed, self.unmanaged, self.slow)
        for going_on in (*regions, self.throttled):
            going_on.clear()

    def _flapping(self, order: Order) -> None:
        self.flapping.add(order["region"])
        self.gate.set_flapping(order["region"], int(order["one_in"]))

    def _sabotage(self, order: Order) -> None:
        self.sabotaged.add(order["region"])
        self.gate.set_sabotage(order["region"], order["fault"])

    def _lag(self, order: Order) -> None:
        self.lag(float(order["seconds"]))

    def _disk(self, order: Order) -> None:
        self.databases.fill_disk(order["region"])

    def _throttling(self, order: Order) -> None:
        region, service = order["region"], order["service"]
        self.throttled.add((region, service))
        self.gate.set_throttling(region, service, int(order["one_in"]))

    def _clock(self, order: Order) -> None:
        self.skewed.add(order["region"])
        self.set_clock(order["region"], float(order["seconds"]))

    def _managed_failover(self, order: Order) -> None:
        self.unmanaged.add(order["region"])
        self.gate.set_managed_failover(order["region"], refused=True)

    def _promotion(self, order: Order) -> None:
        self.slow.add(order["region"])
        self.gate.set_promotion(order["region"], float(order["seconds"]))

    def _copies(self, order: Order) -> None:
        self.gate.set_copies(cut=bool(order["cut"]))
        self.copies_cut = bool(order["cut"])

    def _issuer(self, _: Order) -> None:
        self.issuer_down = True
        self.set_issuer(up=False)

    def _password(self, _: Order) -> None:
        """As a rotation does: the database first, then the secret in every region; old sessions end."""
        database, password = self.system.database, secrets.token_urlsafe(24)
        clients = [self._secrets(region) for region in sorted({*self.system.databases.values()})]
        known = json.loads(clients[0].get_secret_value(SecretId=database.secret)["SecretString"])
        self.databases.create_owner(known["username"], password, database.name)
        for client in clients:
            client.put_secret_value(
                SecretId=database.secret, SecretString=json.dumps({**known, "password": password})
            )

    def _secrets(self, region: str) -> Any:
        return boto3.client(
            "secretsmanager",
            region_name=region,
            endpoint_url=self.state.operator_endpoint,
            aws_access_key_id=self.state.access_key_id,
            aws_secret_access_key=self.state.secret_access_key,
        )
