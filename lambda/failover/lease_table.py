"""The lease in DynamoDB: a strongly consistent global table, and every change that there is to it."""

from dataclasses import replace

from failover.lease import Automation, Handover, Lease, LeaseState
from failover.lease_store import LeaseError, LeaseLost, LeaseStore, LeaseUnknown

__all__ = ["LeaseError", "LeaseLost", "LeaseTable", "LeaseUnknown"]

SUCCESSION = (
    "epoch",
    "holder",
    "state",
    "changed_at_ms",
    "previous_holder",
    "kind",
    "attempt",
    "handover",
    "latest_expiry_ms",
)
"""What is new in a new epoch."""


class LeaseTable(LeaseStore):
    """The lease of one system. Every change raises LeaseLost or LeaseUnknown unless it was seen done."""

    def create(self, *, holder: str, now_ms: int, ttl_ms: int) -> Lease:
        """Write the first lease of the system, unless there is one."""
        first = Lease.first(self._system, holder=holder, now_ms=now_ms, ttl_ms=ttl_ms)
        return self._insert(
            first, reached=lambda found: (found.epoch, found.holder) == (first.epoch, first.holder)
        )

    def begin_anew(self, seen: Lease | None, lease: Lease) -> Lease:
        """Put *lease* in the place of what was seen, whatever that was; see `Lease.again`."""
        if seen is None:
            return self._insert(lease, reached=lambda found: _succession(found) == _succession(lease))
        return self._change(
            seen,
            lease,
            new=(*SUCCESSION, "expires_at_ms", "automation", "acknowledged_epoch"),
            given=("epoch", "holder", "state", "expires_at_ms"),
            reached=lambda found: _succession(found) == _succession(lease),
        )

    def renew(self, lease: Lease, *, expires_at_ms: int) -> Lease:
        """Move the expiry, in the same epoch and for the same holder. It never moves backwards.

        An expired lease may be renewed: the epoch proves that nobody took over, and a challenger's write
        names the expiry it saw, so of the two writes only one succeeds.
        """
        return self._change(
            lease,
            replace(lease, expires_at_ms=expires_at_ms),
            new=("expires_at_ms",),
            given=("epoch", "holder"),
            extra="expires_at_ms <= :new_expires_at_ms",
            reached=lambda found: (
                (found.epoch, found.holder) == (lease.epoch, lease.holder)
                and found.expires_at_ms >= expires_at_ms
            ),
        )

    def take_over(self, seen: Lease, *, by: str, now_ms: int, ttl_ms: int) -> Lease:
        """Begin the next epoch in another region.

        Epoch, expiry and automation must still be what was seen: a renewal or a pause that came in
        between wins.
        """
        return self._succeed(seen, seen.taken_over(by=by, now_ms=now_ms, ttl_ms=ttl_ms))

    def take_back(self, seen: Lease, *, by: str, now_ms: int, ttl_ms: int) -> Lease:
        """Begin the next epoch in the region that a failover left and that still has the writer.

        A renewal, an activation, or an operator who starts the failover again, wins if it came in between.
        """
        return self._succeed(seen, seen.taken_back(by=by, now_ms=now_ms, ttl_ms=ttl_ms))

    def _succeed(self, seen: Lease, successor: Lease) -> Lease:
        return self._change(
            seen,
            successor,
            new=(*SUCCESSION, "expires_at_ms", "automation"),
            given=("epoch", "state", "expires_at_ms", "automation", "attempt"),
            reached=lambda found: _succession(found) == _succession(successor),
        )

    def accept(self, lease: Lease) -> Lease:
        """Let the holder of a TAKING lease take requests into the journal; once more changes nothing."""
        return self._change(
            replace(lease, state=LeaseState.TAKING),
            replace(lease, accepting_epoch=lease.epoch),
            new=("accepting_epoch",),
            given=("epoch", "holder", "state"),
            reached=lambda found: (
                (found.epoch, found.holder, found.serves) == (lease.epoch, lease.holder, True)
            ),
        )

    def activate(self, lease: Lease, *, now_ms: int) -> Lease:
        """Let the holder acknowledge: TAKING becomes ACTIVE, once; running it again changes nothing."""
        return self._change(
            replace(lease, state=LeaseState.TAKING),
            replace(lease, state=LeaseState.ACTIVE, changed_at_ms=now_ms),
            new=("state", "changed_at_ms"),
            given=("epoch", "holder", "state"),
            reached=lambda found: (
                (found.epoch, found.holder, found.state) == (lease.epoch, lease.holder, LeaseState.ACTIVE)
            ),
        )

    def drain(self, seen: Lease, handover: Handover, *, now_ms: int) -> Lease:
        """Begin a planned handover: ACTIVE becomes DRAINING, and the holder takes no new requests."""
        draining = seen.draining(handover, now_ms=now_ms)
        return self._change(
            seen,
            draining,
            new=("state", "changed_at_ms", "handover"),
            given=("epoch", "holder", "state"),
            reached=lambda found: (
                (found.epoch, found.state, found.handover) == (seen.epoch, draining.state, handover)
            ),
        )

    def stay(self, seen: Lease, *, now_ms: int) -> Lease:
        """Call a handover off: DRAINING becomes ACTIVE where it was, and `hand_over` loses from then on."""
        return self._change(
            seen,
            seen.staying(now_ms=now_ms),
            new=("state", "changed_at_ms", "handover"),
            given=("epoch", "holder", "state", "handover"),
            reached=lambda found: (found.epoch, found.state) == (seen.epoch, LeaseState.ACTIVE),
        )

    def hand_over(self, seen: Lease, handover: Handover, *, now_ms: int) -> Lease:
        """End a planned handover: the next epoch, in the region that the lease was drained for."""
        successor = seen.handed_over(handover, now_ms=now_ms)
        return self._change(
            seen,
            successor,
            new=SUCCESSION,
            given=("epoch", "holder", "state", "handover"),
            reached=lambda found: _succession(found) == _succession(successor),
        )

    def retry(self, seen: Lease, *, attempt: int, now_ms: int) -> Lease:
        """Let another execution finish what this lease asks for, and give it its time anew."""
        if seen.handover:
            wanted = seen.draining(replace(seen.handover, attempt=attempt), now_ms=now_ms)
        else:
            wanted = replace(seen, attempt=attempt, changed_at_ms=now_ms)
        return self._change(
            seen,
            wanted,
            new=("attempt", "changed_at_ms", "handover"),
            given=("epoch", "holder", "state", "attempt", "handover"),
            reached=lambda found: (
                (found.epoch, found.attempt, found.handover) == (seen.epoch, wanted.attempt, wanted.handover)
            ),
        )

    def automate(self, seen: Lease, automation: Automation, *, acknowledged_epoch: int) -> Lease:
        """Pause or resume automation, in the epoch that the operator saw."""
        return self._change(
            seen,
            replace(seen, automation=automation, acknowledged_epoch=acknowledged_epoch),
            new=("automation", "acknowledged_epoch"),
            given=("epoch", "automation", "acknowledged_epoch"),
            reached=lambda found: (
                (found.epoch, found.automation, found.acknowledged_epoch)
                == (seen.epoch, automation, acknowledged_epoch)
            ),
        )


def _succession(lease: Lease) -> tuple[object, ...]:
    """Who holds which epoch, and by what right: what tells one successor from another."""
    return lease.epoch, lease.holder, lease.previous_holder, lease.kind, lease.attempt
