"""Who moved after the fault, and how often: less than expected is a failure, and so is more. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import pairwise

from gameday.judge.timeline import epoch_before
from gameday.load.records import Attempt, Operation
from gameday.observe.history import DnsSeen, Fault, History, WriterSeen


@dataclass(frozen=True, slots=True, kw_only=True)
class Steadiness:
    """Counts from the fault to the last arrival."""

    epochs_begun: int
    writer_moves: int
    dns_moves: int
    old_holder_ready: int
    """Looks at which the old holder called itself ready although a later epoch had begun."""
    refusals: int
    """Requests that the old holder answered with 503."""
    unlatched: int
    """Failovers after which automation still ran: another one could follow without a person."""
    failed_permille: float
    """Attempts that failed once the service was restored; where nobody may move, since the fault."""
    planned: int = 0
    """Of the epochs begun those that were handed over, and not taken."""
    longest_stall_s: float | None = 0.0
    """The longest that a request, unanswered when the fault came or later, waited from its arrival to its
    acknowledgement; None: for one it never came."""


def steadiness(
    history: History,
    operations: Sequence[Operation],
    fault: Fault,
    restored_s: float | None,
    until: float,
) -> Steadiness:
    """What moved. A service that was never restored has failed attempts since the fault."""
    before = epoch_before(history, fault)
    later = [seen for seen in history.leases if seen.at >= fault.at and seen.epoch > before]
    second_epoch = min((seen.at for seen in later), default=None)
    attempts = [a for op in operations for a in op.attempts if fault.at <= a.started < until]
    since = fault.at + (restored_s or 0.0 if fault.moved else 0.0)
    return Steadiness(
        epochs_begun=max((seen.epoch for seen in later), default=before) - before,
        writer_moves=_moves(history.writers, fault),
        dns_moves=_moves(history.dns, fault),
        old_holder_ready=sum(
            seen.ready and seen.region == fault.region and fault.moved and seen.at > second_epoch
            for seen in history.readiness
            if second_epoch is not None
        ),
        refusals=sum(
            a.region == fault.region and a.status == HTTPStatus.SERVICE_UNAVAILABLE for a in attempts
        ),
        unlatched=len({seen.epoch for seen in later if seen.unlatched}),
        failed_permille=_failed_permille([a for a in attempts if a.started >= since]),
        planned=len({seen.epoch for seen in later if seen.planned}),
        longest_stall_s=_longest_stall_s(operations, fault),
    )


def _longest_stall_s(operations: Sequence[Operation], fault: Fault) -> float | None:
    waits = [
        None if op.acknowledged_at is None else op.acknowledged_at - op.started
        for op in operations
        if op.acknowledged_at is None or op.acknowledged_at >= fault.at
    ]
    known = [wait for wait in waits if wait is not None]
    return round(max(known, default=0.0), 3) if len(known) == len(waits) else None


def _moves(seen: Sequence[WriterSeen] | Sequence[DnsSeen], fault: Fault) -> int:
    regions = [one.region for one in seen if one.at < fault.at][-1:]
    regions += [one.region for one in seen if one.at >= fault.at]
    return sum(one != other for one, other in pairwise(regions))


def _failed_permille(attempts: Sequence[Attempt]) -> float:
    failed = sum(not (attempt.settled or attempt.accepted) for attempt in attempts)
    return round(1000 * failed / len(attempts), 2) if attempts else 1000.0
