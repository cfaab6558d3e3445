"""Which places live and which pairs of them can talk: the one truth that every rule asks.

Places are regions (the witness is one), `operator` and `clients` (outside any region, never dead)
and `global`: the control planes that serve every region from their home (Route 53, IAM ...).
"""

import threading
from collections.abc import Iterable

OPERATOR = "operator"
CLIENTS = "clients"
GLOBAL = "global"
OUTSIDE = frozenset({OPERATOR, CLIENTS})


class UnknownPlaceError(Exception):
    """A fault was asked for in a place that does not exist; the message names it."""


class RegionStates:
    """The faults in force. Safe to use from the event loop and from worker threads."""

    def __init__(self, names: Iterable[str], *, witness: str, control_home: str) -> None:
        self._voters = frozenset({*names, witness})
        self._control_home = control_home
        self._dead: frozenset[str] = frozenset()
        self._silent: frozenset[str] = frozenset()
        self._stopped: frozenset[str] = frozenset()
        self._cut: frozenset[frozenset[str]] = frozenset()
        self._changed = threading.Condition()

    def kill(self, place: str, *, silently: bool = False) -> None:
        """Let *place* die; *silently*: whoever calls it gets no refusal, only silence.

        Raises UnknownPlaceError for a place that cannot.
        """
        self._must_be(place, self._voters | {GLOBAL})
        with self._changed:
            self._dead |= {place}
            self._silent = self._silent | {place} if silently else self._silent - {place}

    def stop(self, region: str) -> None:
        """Let everything that runs in *region* stand still. Its AWS services go on, and it still votes."""
        self._must_be(region, self._voters)
        with self._changed:
            self._stopped |= {region}

    def revive(self, place: str) -> None:
        """Let *place* live and run again; whatever waited for it goes on."""
        self._must_be(place, self._voters | {GLOBAL})
        with self._changed:
            self._dead -= {place}
            self._silent -= {place}
            self._stopped -= {place}
            self._changed.notify_all()

    def link(self, one: str, other: str, *, cut: bool) -> None:
        """Cut or mend the way between two places, in both directions."""
        for place in (one, other):
            self._must_be(place, self._voters | OUTSIDE)
        pair = frozenset({one, other})
        with self._changed:
            self._cut = self._cut | {pair} if cut else self._cut - {pair}

    @property
    def healthy(self) -> bool:
        """Whether every place lives and can talk to every other."""
        return not self._dead and not self._cut

    @property
    def states(self) -> dict[str, str]:
        """What every place that can die is: dead, stopped or alive."""
        return {place: self.state(place) for place in sorted(self._voters | {GLOBAL})}

    def state(self, place: str) -> str:
        """What *place* is: dead, stopped or alive."""
        if not self.alive(place):
            return "dead"
        return "alive" if self.runs(place) else "stopped"

    @property
    def cut_links(self) -> list[list[str]]:
        """The pairs that cannot talk although both may live."""
        return sorted(sorted(pair) for pair in self._cut)

    def alive(self, place: str) -> bool:
        """Whether *place* lives; the global control planes die with their home."""
        if place == GLOBAL and self._control_home in self._dead:
            return False
        return place not in self._dead

    def silent(self, place: str) -> bool:
        """Whether *place* is dead and swallows what is sent there, without a refusal."""
        if place == GLOBAL and self._control_home in self._silent:
            return True
        return place in self._silent

    def runs(self, region: str) -> bool:
        """Whether functions and state machines of *region* make progress."""
        return self.alive(region) and region not in self._stopped

    def site_of(self, target: str) -> str:
        """The region that *target* stands in: itself, or the home of the global control planes."""
        return self._control_home if target == GLOBAL else target

    def connected(self, origin: str, target: str) -> bool:
        """Whether a call from *origin* arrives at *target*."""
        way = frozenset({origin, self.site_of(target)})
        return self.alive(origin) and self.alive(target) and way not in self._cut

    def has_quorum(self, region: str) -> bool:
        """Whether *region* can commit to a strongly consistent table: two of all voters agree.

        https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
        """
        return any(self.connected(region, other) for other in self._voters - {region})

    def wait_until_runs(self, region: str) -> None:
        """Block the calling thread while *region* is dead or stopped."""
        with self._changed:
            self._changed.wait_for(lambda: self.runs(region))

    @staticmethod
    def _must_be(place: str, places: frozenset[str]) -> None:
        if place not in places:
            raise UnknownPlaceError(f"{place!r} is none of {sorted(places)}")
