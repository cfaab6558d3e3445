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
    """A writer whose ledger takes another epoch than that of the ACTIVE lease here."""
    UNREACHABLE = "unreachable"
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
    database: DatabaseFact
    api: ApiFact
    takeover: TakeoverFact
