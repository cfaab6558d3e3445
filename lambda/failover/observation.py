"""What one region knows at one moment: the facts that a decision is made of."""

from dataclasses import dataclass
from enum import StrEnum

from failover.lease import Lease


class LeaseFact(StrEnum):
    """What is known when there is no lease to look at."""

    ABSENT = "absent"
    UNKNOWN = "unknown"


class DatabaseFact(StrEnum):
    """What the database of this region says about itself."""

    WRITER = "writer"
    REPLICA = "replica"
    FENCED = "fenced"
    """A writer whose ledger takes another epoch than that of the ACTIVE lease here, or no epoch at all."""
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


class FenceFact(StrEnum):
    """What is known about the ledger's fence when it names no epoch."""

    ABSENT = "absent"
    """The ledger is there and its fence is not: it admits nobody."""
    UNKNOWN = "unknown"
    """Also the answer of a replica, and of a database without a ledger yet."""


class JournalFact(StrEnum):
    """Whether the journal and the arrivals answer in this region."""

    ANSWERS = "answers"
    SILENT = "silent"
    UNKNOWN = "unknown"


class ReadyFact(StrEnum):
    """What this region's API says about its readiness: whether it takes requests."""

    READY = "ready"
    REFUSING = "refusing"
    UNKNOWN = "unknown"


class ApiFact(StrEnum):
    """Whether this region's API answers from outside, as a client would see it."""

    LIVE = "live"
    DEAD = "dead"
    UNKNOWN = "unknown"


class TakeoverFact(StrEnum):
    """How far the execution for this epoch has come. UNKNOWN also when nobody asked."""

    ABSENT = "absent"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one region sees in one tick."""

    region: str
    now_ms: int
    """Read before anything was observed: a slow observation never makes a lease look expired."""
    lease: Lease | LeaseFact
    seen_at_ms: int
    """Read after the lease: a slow observation never makes an expiry look too far away."""
    unchanged_ms: int
    """For how long this observer has seen that very renewal of the lease, by a clock that nobody sets."""
    clock_off_ms: int
    """By how much this clock and the one that renewed the lease differ, at least."""
    database: DatabaseFact
    fence: int | FenceFact
    """The epoch that this region's ledger takes, if it is a writer."""
    journal: JournalFact
    api: ApiFact
    ready: ReadyFact
    takeover: TakeoverFact
