"""Deeds that take no place away; the local cloud carries them out (localcloud/troubles.py)."""

from dataclasses import dataclass

from gameday.faults import Order, Place, Places


@dataclass(frozen=True, slots=True)
class FillDisk:
    """The database of the region can write nothing more: it panics, and cannot start again either."""

    place: Place

    def order(self, places: Places) -> Order:
        """The order in the names of this run."""
        return Order(path="/troubles/disk", body={"region": places[self.place]})

    def told(self, places: Places) -> str:
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
        return Order(path="/troubles/throttling", body=body)

    def told(self, places: Places) -> str:
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
        return Order(path="/troubles/clock", body=body)

    def told(self, places: Places) -> str:
        """What is done, in words."""
        return f"the clock of {places[self.place]} is set to {self.seconds:+g} s"


@dataclass(frozen=True, slots=True)
class RotatePassword:
    """The owner of the ledger gets a new password, in the database and in both secrets; its sessions end."""

    def order(self, _: Places) -> Order:
        """The order."""
        return Order(path="/troubles/password", body={})

    def told(self, _: Places) -> str:
        """What is done, in words."""
        return "the password of the database is rotated"
