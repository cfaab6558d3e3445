"""All that an operator's decision needs, as facts: both regions, the lease, the databases, the journal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from dr.topology import Topology
from failover.lease import Lease


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalGap:
    """The journal since the watermark of one region's copy of the ledger, beside that copy, in requests."""

    compared: int
    """Entries that were read: since the watermark, or all where there is none."""
    intents: int
    """Accepted a while ago, neither known to be settled nor in this copy."""
    missing: int
    """Settled, not in this copy."""
    overdue: int
    """Missing for longer than replication ever needs."""
    fence: int | None
    """The epoch that may write, as this copy has it."""
    set_aside: Sequence[Mapping[str, str]] = ()
    """Entries that wait for a person, by name: see docs/runbooks/set-aside.md."""

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "JournalGap":
        """Newer code may tell more than is read here. Raises KeyError when it tells less."""
        return cls(**{one.name: told[one.name] for one in fields(cls)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What a region's own function says about the region."""

    clock_ms: int
    clock_off_ms: int
    """How far its clock is from this machine's, at least: the time of the call is allowed for."""
    database: str
    gap: JournalGap | None
    """None when the database or the journal did not answer; *why* says which."""
    why: str | None
    code: str
    """Digest of the code that runs there."""
    engine: str | None = None
    """Version of its database."""
    loss: Mapping[str, Any] | None = None
    """What a forced failover to this region would lose now, and the rule that would decide."""

    @classmethod
    def of(cls, told: Mapping[str, Any], *, before_ms: int, after_ms: int, code: str) -> "Inspection":
        """What the function said between two readings of this machine's clock. Raises KeyError, TypeError."""
        clock = int(told["clock_ms"])
        return cls(
            clock_ms=clock,
            clock_off_ms=max(before_ms - clock, clock - after_ms, 0),
            database=str(told["database"]),
            gap=JournalGap.of(told["gap"]) if told["gap"] else None,
            why=told.get("why"),
            code=code,
            loss=_loss(told.get("loss")),
            engine=told.get("engine"),
        )


def _loss(told: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """None when there is no verdict in it that can be read: it is unknown then."""
    known = isinstance(told, Mapping) and {"done", "rule", "reason"} <= told.keys()
    return told if known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Aurora:
    """The global database: where the writer is, and whether it is moving."""

    writer: str
    moving: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What was found, region by region; None is what could not be."""

    topology: Topology
    inspections: Mapping[str, Inspection | None]
    leases_read: Mapping[str, bool]
    """Whether the lease can be read in the region."""
    aurora: Aurora | None
    home: str
    clock_skew_ms: int
    lease_ttl_ms: int
    failback_soak_ms: int
    unknown: tuple[str, ...] = ()
    """Why something could not be found, one sentence each."""

    stood_still: bool = False
    """Whether the lease was looked at for longer than its holder may acknowledge by it, and not renewed."""

    @property
    def lease(self) -> Lease | None:
        """The lease; None when there is none, or none can be read."""
        return self.topology.lease

    def lost_by_its_holder(self, lease: Lease, *, now_ms: int) -> bool:
        """Whether the lease expired, or ends later than one can and stood still instead."""
        if lease.believed(now_ms=now_ms, ttl_ms=self.lease_ttl_ms, skew_ms=self.clock_skew_ms):
            return lease.expired(now_ms=now_ms, skew_ms=self.clock_skew_ms)
        return self.stood_still

    def now_ms(self, region: str) -> int | None:
        """The clock of the region's own functions: a laptop's clock decides nothing."""
        inspection = self.inspections[region]
        return inspection.clock_ms if inspection else None
