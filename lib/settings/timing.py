"""How long the parts of a recovery may take: all of it follows from the objectives and the lease. Pure."""

from dataclasses import dataclass
from typing import Self

from lib.settings.recovery import Objectives, Protocol

SETTLE_ROUND_S = 2
"""One look whether replication has caught up, with the pause after it, takes less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """In seconds, but for `settle_waits`."""

    transition_s: int
    """The longest TAKING or DRAINING that the keeper renews, and so the longest execution: twice the RTO."""
    writer_s: int
    """How long a writer is waited for that Aurora was asked for: to the end, as nobody else could serve."""
    approval_s: int
    """How long a takeover waits for its approvals; a third of an RTO is left to promote after it."""
    retry_s: int
    """How long a step is tried again: if the last try fails too, the RTO leaves the old holder, where it is
    fit, the time to find this lease expired and to take its own back."""
    planned_retry_s: int
    """The same until a planned takeover has moved the writer: the old holder is fit, so it is soon undone."""
    settle_waits: int
    """So often replication is asked whether it has caught up while nobody is served; then the drain is
    undone. A part of `drain_s`, or the holder would give the drain up meanwhile."""

    @classmethod
    def of(cls, objectives: Objectives, protocol: Protocol) -> Self:
        """What these settings allow."""
        found_s = _found_s(protocol)
        transition_s = 2 * objectives.rto_s
        return cls(
            transition_s=transition_s,
            writer_s=transition_s,
            approval_s=transition_s - objectives.rto_s // 3,
            settle_waits=transition_s // 45,
            retry_s=max(objectives.rto_s - 2 * found_s, found_s),
            planned_retry_s=max(objectives.rto_s // 6, found_s),
        )

    @property
    def drain_s(self) -> int:
        """The longest DRAINING; `failover.decision.Policy.drain_limit_ms` is the same."""
        return self.transition_s // 10


def invariants(objectives: Objectives, protocol: Protocol) -> list[str]:
    """What these settings break of what the limits promise to one another, one sentence each."""
    limits, found_s = Limits.of(objectives, protocol), _found_s(protocol)
    promises = {
        "leaves a fit old holder no time to take its lease back after a failover that failed": (
            limits.retry_s + 2 * found_s <= objectives.rto_s
        ),
        "has a holder give a drain up that is still tried": (
            max(limits.planned_retry_s, limits.settle_waits * SETTLE_ROUND_S) < limits.drain_s
        ),
    }
    return [
        f"objectives.rto_s = {objectives.rto_s}: {broken}; set it to {5 * found_s + 10} or more, "
        "or shorten protocol.lease_ttl_s"
        for broken, kept in promises.items()
        if not kept
    ]


def _found_s(protocol: Protocol) -> int:
    """How long a lost holder goes unnoticed at most."""
    return protocol.lease_ttl_s + protocol.clock_skew_s + protocol.tick_s
