"""What operators do in a drill, and what is done to the recovery itself, as data like the faults."""

from dataclasses import dataclass
from enum import StrEnum

from gameday.faults import Order, Place, Places


@dataclass(frozen=True, slots=True)
class Typed:
    """An operator types `dr` with these words, from outside both regions, and waits for its end."""

    words: tuple[str, ...]

    def told(self, _places: Places) -> str:
        """What is done, in words."""
        return f"operator: dr {' '.join(self.words)}"


SWITCHOVER = Typed(("switchover", "--yes"))
FAILBACK = Typed(("failback", "--soak", "0", "--yes"))


@dataclass(frozen=True, slots=True)
class Lag:
    """What is committed in one region reaches the other one only after so many seconds."""

    seconds: float

    def order(self, _places: Places) -> Order:
        """The order in the names of this run."""
        return Order(path="/lag", body={"seconds": self.seconds})

    def told(self, _places: Places) -> str:
        """What is done, in words."""
        return f"replication lags {self.seconds:g} s"


class Harm(StrEnum):
    """What happens to every step of a takeover, once."""

    KILL = "kill"
    """Its process gets SIGKILL when it has done its work and before it can say so."""
    REFUSE = "refuse"
    """Each AWS API that it calls refuses or throttles the first call."""


@dataclass(frozen=True, slots=True)
class Sabotage:
    """From now on every step of a takeover in the region comes to the same harm, once."""

    place: Place
    harm: Harm

    def order(self, places: Places) -> Order:
        """The order in the names of this run."""
        return Order(path="/sabotage", body={"region": places[self.place], "harm": self.harm})

    def told(self, places: Places) -> str:
        """What is done, in words."""
        done = {Harm.KILL: "is killed", Harm.REFUSE: "is refused each of its AWS calls"}[self.harm]
        return f"every step of a takeover in {places[self.place]} {done} once"


Act = Typed | Lag | Sabotage
