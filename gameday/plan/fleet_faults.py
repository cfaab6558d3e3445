"""Actions against instances, zones, copies and the writer of one region; the local cloud carries them out."""

from dataclasses import dataclass

from gameday.plan.faults import Order, Place, Places


@dataclass(frozen=True, slots=True)
class RefuseLaunches:
    """No zone of either region has room for another instance."""

    def order(self, _: Places) -> Order:
        """The order."""
        return Order(path="/faults/launches-refused", body={"zones": ["*"]})

    def describe(self, _: Places) -> str:
        """What is done, in words."""
        return "no instance can be launched in either region"


@dataclass(frozen=True, slots=True)
class KillZone:
    """All instances in one zone of the region lose their power, and none can be launched there."""

    place: Place
    letter: str

    def order(self, places: Places) -> Order:
        """The order in the names of this run."""
        return Order(path="/faults/zone-kill", body={"zone": self._zone(places)})

    def describe(self, places: Places) -> str:
        """What is done, in words."""
        return f"zone {self._zone(places)} lost"

    def _zone(self, places: Places) -> str:
        return f"{places[self.place]}{self.letter}"


@dataclass(frozen=True, slots=True)
class WriterAway:
    """The machine of the writer is lost; after *seconds* a reader of the same region's cluster writes.

    Both share their storage, so that one has every commit: the same server, started again, stands for it.
    """

    seconds: float

    def order(self, _: Places) -> Order:
        """The order."""
        return Order(path="/faults/database-away", body={"standby_s": self.seconds})

    def describe(self, _: Places) -> str:
        """What is done, in words."""
        return f"the machine of the writer is lost; the region's reader writes after {self.seconds:g} s"


@dataclass(frozen=True, slots=True)
class CutCopies:
    """Objects wait on their way to the other region's buckets."""

    def order(self, _: Places) -> Order:
        """The order."""
        return Order(path="/faults/copies", body={"cut": True})

    def describe(self, _: Places) -> str:
        """What is done, in words."""
        return "copies of objects do not reach the other region"
