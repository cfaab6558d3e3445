"""What a drill can do to the system, as data. Scenarios name places by their part, never by region.

Nearly every action is one order to the local cloud's control interface (localcloud/control.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable


class Place(StrEnum):
    """A part that a place plays when the fault comes."""

    HOLDER = "holder"
    """The region that holds the lease."""
    OTHER = "other"
    """The region that does not."""
    WITNESS = "witness"
    """The third vote of the strongly consistent tables."""
    CONTROL_PLANES = "control planes"
    """Those that serve every region from their one home: Route 53's, IAM's ..."""
    OPERATOR = "operator"
    """Whoever calls AWS from outside: people, Terraform, this harness."""


Places = Mapping[Place, str]
"""What plays each part in this run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One POST to the control interface."""

    path: str
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Kill:
    """Every process of the place gets SIGKILL, and nobody reaches it any more."""

    place: Place
    silently: bool = False
    """Whether its addresses swallow packets, as those of a lost region do, instead of refusing them."""

    def order(self, places: Places) -> Order:
        """The order in the names of this run."""
        act = "swallow" if self.silently else "kill"
        return Order(path=f"/places/{places[self.place]}/{act}", body={})

    def describe(self, places: Places) -> str:
        """What is done, in words."""
        return f"{places[self.place]} killed" + (", and its addresses swallow packets" * self.silently)


@dataclass(frozen=True, slots=True)
class Stop:
    """Every process of the region gets SIGSTOP: connections stay open and nothing answers."""

    place: Place

    def order(self, places: Places) -> Order:
        """The order in the names of this run."""
        return Order(path=f"/places/{places[self.place]}/stop", body={})

    def describe(self, places: Places) -> str:
        """What is done, in words."""
        return f"{places[self.place]} stands still"


@dataclass(frozen=True, slots=True)
class Revive:
    """The place lives and runs again, with the data it had: an old writer believes it is one still."""

    place: Place

    def order(self, places: Places) -> Order:
        """The order in the names of this run."""
        return Order(path=f"/places/{places[self.place]}/revive", body={})

    def describe(self, places: Places) -> str:
        """What is done, in words."""
        return f"{places[self.place]} returns"


@dataclass(frozen=True, slots=True)
class Cut:
    """The two places cannot talk; between two regions the databases cannot either."""

    one: Place
    other: Place

    def order(self, places: Places) -> Order:
        """The order in the names of this run."""
        return Order(path="/links", body={"a": places[self.one], "b": places[self.other], "cut": True})

    def describe(self, places: Places) -> str:
        """What is done, in words."""
        return f"{places[self.one]} cut off from {places[self.other]}"


@dataclass(frozen=True, slots=True)
class Flap:
    """One in *one_in* health checks of the region fails although nothing is wrong."""

    place: Place
    one_in: int

    def order(self, places: Places) -> Order:
        """The order in the names of this run."""
        return Order(path="/faults/flapping", body={"region": places[self.place], "one_in": self.one_in})

    def describe(self, places: Places) -> str:
        """What is done, in words."""
        return f"one in {self.one_in} health checks of {places[self.place]} fails"


class Action(Protocol):
    """Something that can be done."""

    def describe(self, places: Places) -> str:
        """What is done, in words."""


@runtime_checkable
class Ordered(Action, Protocol):
    """Something that the local cloud does."""

    def order(self, places: Places) -> Order:
        """The order in the names of this run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One action at its time, in seconds after the first one."""

    after_s: float = 0.0
    action: Action


def at_once(*actions: Action) -> tuple[Step, ...]:
    """All *actions* at time zero, one after the other."""
    return tuple(Step(action=action) for action in actions)


def isolated(place: Place) -> tuple[Step, ...]:
    """Cut *place* off from everyone but clients."""
    others = (Place.OTHER if place is Place.HOLDER else Place.HOLDER, Place.WITNESS, Place.OPERATOR)
    return at_once(*(Cut(place, other) for other in others))
