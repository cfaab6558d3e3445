"""What the observers saw of the system, one list a thing. Times are epoch seconds."""

from dataclasses import dataclass, field

from gameday.observe.dr_answers import DrAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseSeen:
    """The lease item as one strongly consistent read showed it."""

    at: float
    epoch: int
    holder: str
    state: str
    expires_at: float
    kind: str = "failover"
    """How the holder came to it."""
    previous: str | None = None
    """Who held it before; None: nobody."""
    to: str | None = None
    """Whom it is drained for."""
    accepts: bool = False
    """Whether the holder, still TAKING, accepts requests (202) until its database can be written to."""
    automatic: bool = True
    """Whether automation runs: without it nobody takes over by himself."""
    unlatched: bool = False
    """Whether the epoch began with a failover and another one could begin without a person."""

    @property
    def planned(self) -> bool:
        """Whether the lease was handed over, and not taken."""
        return self.kind in {"switchover", "failback"}

    @property
    def active(self) -> bool:
        """Whether the holder may acknowledge requests (until the lease expires)."""
        return self.state == "ACTIVE"


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterSeen:
    """The region of the global cluster's writer."""

    at: float
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadySeen:
    """One answer of a region's /health/ready."""

    at: float
    region: str
    ready: bool
    reason: str = ""
    """Why not: the rule that the region names, or the error where there was no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsSeen:
    """The region that a fresh DNS answer named."""

    at: float
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """An observation that failed: nothing was learnt, and nothing is concluded from it."""

    at: float
    what: str
    why: str


Seen = LeaseSeen | WriterSeen | ReadySeen | DnsSeen | Missed


@dataclass(slots=True)
class History:
    """All observations of a drill, each list in the order of time."""

    leases: list[LeaseSeen] = field(default_factory=list)
    writers: list[WriterSeen] = field(default_factory=list)
    readiness: list[ReadySeen] = field(default_factory=list)
    dns: list[DnsSeen] = field(default_factory=list)
    missed: list[Missed] = field(default_factory=list)
    answers: list[DrAnswer] = field(default_factory=list)
    """What `dr` told an operator who looked meanwhile."""

    @property
    def dns_follows(self) -> bool:
        """Whether the last fresh answer named the last holder of the lease that was seen.

        Callers may be served long before: a region without the lease forwards what DNS still sends it.
        """
        return bool(self.dns and self.leases) and self.dns[-1].region == self.leases[-1].holder

    def add(self, seen: Seen) -> None:
        """Append *seen* to the list of its kind."""
        match seen:
            case LeaseSeen():
                self.leases.append(seen)
            case WriterSeen():
                self.writers.append(seen)
            case ReadySeen():
                self.readiness.append(seen)
            case DnsSeen():
                self.dns.append(seen)
            case Missed():
                self.missed.append(seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One action: when it was ordered, and when the local cloud reported that it was done."""

    at: float
    done_at: float
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What was done to the system, and who must hold it afterwards."""

    at: float
    """When the first action was ordered: the time that everything counts from."""
    done_at: float
    """When all that happens at once was done."""
    region: str
    """Region that held the lease when the fault came."""
    survivor: str
    """Region that must hold it in the end: the same one when nobody may move."""
    other: str
    """Region that did not hold it when the fault came."""
    marks: tuple[Mark, ...]
    silent_from: float | None = None
    """From when on *region* could not answer anybody; None: it always could."""
    silent_until: float | None = None
    """Until when; None: to the end."""
    halted_from: float | None = None
    """From when on new orders had to be refused everywhere; None: never."""
    halted_until: float | None = None
    """Until when; None: to the end."""

    @property
    def moved(self) -> bool:
        """Whether the other region must take over."""
        return self.survivor != self.region

    def silent(self, at: float) -> bool:
        """Whether *region* could not answer anybody at *at*."""
        if self.silent_from is None:
            return False
        return self.silent_from < at and (self.silent_until is None or at < self.silent_until)

    def halted(self, at: float) -> bool:
        """Whether order entry was halted at *at*."""
        if self.halted_from is None:
            return False
        return self.halted_from < at and (self.halted_until is None or at < self.halted_until)
