"""Replays what a drill recorded through the rules of the executable model. Pure.

The model sees every write; a drill looks now and then. So a look may miss writes, and a rule is asked only
what no missed write can excuse: an expiry that was seen is the least that it was, the moment of a look the
latest at which its epoch began, and a drain that fell between two looks is taken for granted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from failover.lease import LeaseState
from gameday.judge import invariants
from gameday.judge.invariants import LeaseWrite
from gameday.judge.objects import Recorded
from gameday.load.records import Attempt, Operation
from gameday.observe.history import History, LeaseSeen, WriterSeen

Asked = Iterator[tuple[str, str | None]]
"""A rule's name, and what is broken; None: it holds here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conformance:
    """What the replay found."""

    asked: int
    """How often a rule was asked."""
    broken: tuple[str, ...]
    """Each violation as `rule: what`, in the order of the replay."""


def conformance(record: Recorded) -> Conformance:
    """Every rule that a record can answer, asked of every moment that it is about."""
    asked = [
        *_leases(record.history),
        *_acknowledgements(record.operations, record.history.leases),
        *_identities(record),
        *_kept(record),
        *_rows(record),
    ]
    return Conformance(asked=len(asked), broken=tuple(f"{rule}: {what}" for rule, what in asked if what))


def _leases(history: History) -> Asked:
    for seen, then in pairwise(history.leases):
        new = _written(then)
        old = _just_before(_written(seen), new)
        yield "lease-change", invariants.lease_change(old, new)
        yield "taken-before-expiry", invariants.taken_before_expiry(old, new, at=then.at)
        writer = _first_after(history.writers, then.at)
        if writer is not None:
            yield "no-writer", invariants.no_writer(old, new, writes=writer.region == new.holder)


def _written(seen: LeaseSeen) -> LeaseWrite:
    return LeaseWrite(
        epoch=seen.epoch,
        holder=seen.holder,
        state=seen.state,
        expires_at=seen.expires_at,
        kind=seen.kind,
        previous=seen.previous,
        to=seen.to,
        accepts=seen.accepts,
    )


def _just_before(old: LeaseWrite, new: LeaseWrite) -> LeaseWrite:
    """The lease right before a handover to *new*, with the drain and the renewals that no look caught."""
    if new.epoch == old.epoch or not new.planned:
        return old
    renewed = replace(old, expires_at=max(old.expires_at, new.expires_at))
    caught = old.state == LeaseState.DRAINING
    return renewed if caught else replace(renewed, state=LeaseState.DRAINING, to=new.holder)


def _first_after(writers: Sequence[WriterSeen], at: float) -> WriterSeen | None:
    return next((seen for seen in writers if seen.at >= at), None)


def _acknowledgements(operations: Sequence[Operation], leases: Sequence[LeaseSeen]) -> Asked:
    holders = {seen.epoch: seen.holder for seen in leases}
    ends = {epoch: _end(epoch, leases) for epoch in holders}
    for one in (one for operation in operations for one in _acknowledged(operation)):
        told: invariants.Acknowledger = {"region": one.region, "epoch": one.epoch}
        held = one.epoch if one.epoch in holders else None
        holder = None if held is None else holders[held]
        yield "two-acknowledge", invariants.two_acknowledge(**told, holder=holder, held=held)
        if held is not None:
            yield "two-acknowledge", invariants.after_expiry(**told, at=one.ended, until=ends[held])


def _end(epoch: int, leases: Sequence[LeaseSeen]) -> float:
    """The expiry of the last renewal that was seen, or the moment when a later epoch was."""
    later = [seen.at for seen in leases if seen.epoch > epoch]
    return min([max(seen.expires_at for seen in leases if seen.epoch == epoch), *later])


def _identities(record: Recorded) -> Asked:
    """Every answer and every row of a key tells one id."""
    known: dict[str, str] = {}
    told = [
        (operation.key, one.entry_id) for operation in record.operations for one in _acknowledged(operation)
    ]
    told += [(row.idempotency_key, row.entry_id) for row in record.rows]
    for key, one_id in told:
        if one_id is not None:
            first = known.setdefault(key, one_id)
            yield "charged-twice", invariants.charged_twice(key, known=first, told=one_id)


def _kept(record: Recorded) -> Asked:
    """What was acknowledged is in journal and ledger; the journal is read for what the ledger has."""
    rows = {row.idempotency_key: row.entry_id for row in record.rows}
    entries = {entry.idempotency_key: entry.entry_id for entry in record.journal}
    for operation in record.operations:
        told = next((one.entry_id for one in _acknowledged(operation) if one.entry_id), None)
        if told is None:
            continue
        found = rows.get(operation.key)
        yield "lost", invariants.lost(operation.key, told=told, found=found)
        if found is not None:
            journalled = entries.get(operation.key)
            yield "not-journalled", invariants.not_journalled(operation.key, told=told, journalled=journalled)


def _rows(record: Recorded) -> Asked:
    """Who wrote a row had won the epoch that it wrote it in."""
    won = {seen.epoch: seen.holder for seen in record.history.leases}
    for row in record.rows:
        wrote, winner = f"wrote {row.idempotency_key}", won.get(row.epoch)
        yield "no-lease", invariants.no_lease(wrote, region=row.region, epoch=row.epoch, won=winner)


def _acknowledged(operation: Operation) -> list[Attempt]:
    return [one for one in operation.attempts if operation.kind.writes and (one.settled or one.accepted)]
