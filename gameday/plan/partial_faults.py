"""Actions that take no place away; the local cloud carries them out (localcloud/partial_faults.py)."""

from dataclasses import dataclass
from enum import StrEnum

from gameday.plan.faults import Order, Place, Places


@dataclass(frozen=True, slots=True)
class FillDisk:
    """The database of the region can write nothing more: it panics, and cannot start again either."""

    place: Place

    def order(self, places: Places) -> Order:
        """The order in the names of this run."""
        return Order(path="/faults/disk", body={"region": places[self.place]})

    def describe(self, places: Places) -> str:
        """What is done, in words."""
        return f"the disk of the database of {places[self.place]} is full"


@dataclass(frozen=True, slots=True)
class Throttle:
    """One in *one_in* calls of an AWS service in the region is refused, whoever makes it; 0 ends it."""

    place: Place
    service: str
    one_in: int

    def order(self, places: Places) -> Order:
        """The order in the names of this run."""
        body = {"region": places[self.place], "service": self.service, "one_in": self.one_in}
        return Order(path="/faults/throttling", body=body)

    def describe(self, places: Places) -> str:
        """What is done, in words."""
        where = f"{self.service} in {places[self.place]}"
        return f"one in {self.one_in} calls of {where} is throttled" if self.one_in else f"{where} as usual"


@dataclass(frozen=True, slots=True)
class SetClock:
    """The wall clock of the region's functions is *seconds* fast, or slow when negative."""

    place: Place
    seconds: float

    def order(self, places: Places) -> Order:
        """The order in the names of this run."""
        body = {"region": places[self.place], "seconds": self.seconds}
        return Order(path="/faults/clock", body=body)

    def describe(self, places: Places) -> str:
        """What is done, in words."""
        return f"the clock of {places[self.place]} is set to {self.seconds:+g} s"


@dataclass(frozen=True, slots=True)
class RotatePassword:
    """The owner of the ledger gets a new password, in the database and in both secrets; its sessions end."""

    def order(self, _: Places) -> Order:
        """The order."""
        return Order(path="/faults/password", body={})

    def describe(self, _: Places) -> str:
        """What is done, in words."""
        return "the password of the database is rotated"


@dataclass(frozen=True, slots=True)
class StopIssuer:
    """The issuer of access tokens answers nobody: no new tokens, and no keys to verify old ones."""

    def order(self, _: Places) -> Order:
        """The order."""
        return Order(path="/faults/issuer", body={})

    def describe(self, _: Places) -> str:
        """What is done, in words."""
        return "the issuer of access tokens is down"


@dataclass(frozen=True, slots=True)
class Lag:
    """What is committed in one region reaches the other one only after so many seconds."""

    seconds: float

    def order(self, _: Places) -> Order:
        """The order."""
        return Order(path="/faults/lag", body={"seconds": self.seconds})

    def describe(self, _: Places) -> str:
        """What is done, in words."""
        return f"replication lags {self.seconds:g} s"


@dataclass(frozen=True, slots=True)
class RefuseManagedFailover:
    """Aurora takes no managed failover in the region, as it does not while engine versions differ."""

    place: Place

    def order(self, places: Places) -> Order:
        """The order in the names of this run."""
        return Order(path="/faults/managed-failover", body={"region": places[self.place]})

    def describe(self, places: Places) -> str:
        """What is done, in words."""
        return f"Aurora refuses every managed failover to {places[self.place]}"


@dataclass(frozen=True, slots=True)
class SlowPromotion:
    """A managed failover of Aurora to the region lasts so many seconds, by the clock on the wall."""

    place: Place
    seconds: float

    def order(self, places: Places) -> Order:
        """The order in the names of this run."""
        return Order(path="/faults/promotion", body={"region": places[self.place], "seconds": self.seconds})

    def describe(self, places: Places) -> str:
        """What is done, in words."""
        return f"Aurora takes {self.seconds:g} s to promote the copy in {places[self.place]}"


class StepFault(StrEnum):
    """What happens to every step of a takeover, once."""

    KILL = "kill"
    """Its process gets SIGKILL when it has done its work and before it can say so."""
    REFUSE = "refuse"
    """Each AWS API that it calls refuses or throttles the first call."""


@dataclass(frozen=True, slots=True)
class Sabotage:
    """From now on every step of a takeover in the region meets the same fault, once."""

    place: Place
    fault: StepFault

    def order(self, places: Places) -> Order:
        """The order in the names of this run."""
        return Order(path="/faults/sabotage", body={"region": places[self.place], "fault": self.fault})

    def describe(self, places: Places) -> str:
        """What is done, in words."""
        done = {StepFault.KILL: "is killed", StepFault.REFUSE: "is refused each of its AWS calls"}[self.fault]
        return f"every step of a takeover in {places[self.place]} {done} once"
