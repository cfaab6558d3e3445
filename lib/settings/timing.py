"""How long the parts of a recovery may take: all of it follows from the objectives and the lease. Pure."""

from dataclasses import dataclass
from typing import Self

from lib.settings.recovery import Objectives, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """In seconds."""

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

    @classmethod
    def of(cls, objectives: Objectives, protocol: Protocol) -> Self:
        """What these settings allow."""
        found_s = protocol.lease_ttl_s + protocol.clock_skew_s + protocol.tick_s
        transition_s = 2 * objectives.rto_s
        return cls(
            transition_s=transition_s,
            writer_s=transition_s,
            approval_s=transition_s - objectives.rto_s // 3,
            retry_s=max(objectives.rto_s - 2 * found_s, found_s),
            planned_retry_s=max(objectives.rto_s // 6, found_s),
        )
