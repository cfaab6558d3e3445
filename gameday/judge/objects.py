"""The objects of a drill, one at a time: the request of a key, and the lease. Pure.

A key: nothing, until a request under it takes effect; from then on one entry with one id, which every answer,
the journal and the ledger tell. A request without an answer, or with one that is not 201 or 202, may have
taken effect.

The lease: a register that is changed by compare-and-set. Its writes are not in the record, so each look at
it, and each acknowledgement, which says under which epoch it was given, may come after any number of legal
writes. An epoch begins TAKING and has one holder; a later epoch has a greater number.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from failover.lease import MAX_AGE_MS, LeaseState
from gameday.judge.linear import UNKNOWN, Op
from gameday.load.records import Attempt, JournalEntry, LedgerRow, Operation
from gameday.observe.history import History


class Recorded(Protocol):
    """What a proof reads of a drill: its record, or the evidence that was written of it."""

    @property
    def history(self) -> History:
        """What the observers saw."""

    @property
    def operations(self) -> Sequence[Operation]:
        """What clients asked for and were told."""

    @property
    def rows(self) -> Sequence[LedgerRow]:
        """The ledger in the end."""

    @property
    def journal(self) -> Sequence[JournalEntry]:
        """The journal in the end, of the keys in the ledger."""

    @property
    def until(self) -> float:
        """When the last request arrived."""


Money = tuple[int, str]
"""Minor units and currency: what a client asked for, or what a ledger has."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a key stands for."""

    id: str | None
    """None: a request took effect whose answer nobody got."""
    money: Money | None
    """None: nobody said yet."""

    def __str__(self) -> str:
        return f"entry {self.id or 'of unknown id'}"


@dataclass(frozen=True, slots=True)
class Absent:
    """No request took effect yet."""

    def __str__(self) -> str:
        return "nothing"


KeyState = Absent | Entry


@dataclass(frozen=True, slots=True)
class Asked:
    """A request and its answer; id None: the outcome is unknown."""

    money: Money
    id: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a store had under the key when the drill was over."""

    entries: tuple[tuple[str, Money | None], ...]


class Key:
    """A key, as an object that serves one request at a time."""

    initial: KeyState = Absent()

    def step(self, state: KeyState, value: Asked | Found) -> KeyState | None:
        """The state after a request or a look; None: it could not have been answered so."""
        if isinstance(value, Asked):
            return self._told(state, value.id, value.money)
        match state, value.entries:
            case Absent(), ():
                return state
            case Entry(), ((entry_id, money),):
                return self._told(state, entry_id, money)
        return None

    @staticmethod
    def _told(state: KeyState, entry_id: str | None, money: Money | None) -> KeyState | None:
        if isinstance(state, Absent):
            return Entry(entry_id, money)
        if entry_id is None:
            return state
        if state.id not in {None, entry_id} or (money and state.money not in {None, money}):
            return None
        return Entry(entry_id, state.money or money)


@dataclass(frozen=True, slots=True)
class Held:
    """Who holds the lease, and whether he serves already."""

    epoch: int
    holder: str
    taking: bool | None
    """None: whoever saw it does not say."""

    def __str__(self) -> str:
        return f"epoch {self.epoch} of {self.holder}{' (TAKING)' if self.taking else ''}"


class LeaseRegister:
    """The lease, as others may change it by compare-and-set before each look."""

    initial = Held(0, "nobody", taking=True)

    def step(self, state: Held, value: Held) -> Held | None:
        """The state that was seen; None: no legal write leads there."""
        if value.epoch > state.epoch:
            return replace(value, taking=value.taking is not False)
        if (value.epoch, value.holder) != (state.epoch, state.holder):
            return None
        if value.taking is None:
            return state
        return value if state.taking or not value.taking else None


def histories(record: Recorded) -> Mapping[str, Sequence[Op[Asked | Found]]]:
    """The history of every key: its attempts, and what ledger and journal had in the end."""
    rows, entries = defaultdict[str, list[LedgerRow]](list), dict[str, JournalEntry]()
    for row in record.rows:
        rows[row.idempotency_key].append(row)
    for entry in record.journal:
        entries[entry.idempotency_key] = entry
    asked = {operation.key: operation for operation in record.operations if operation.kind.writes}
    ended = (one.ended for operation in record.operations for one in operation.attempts)
    over = max([record.until, *ended])
    return {
        key: [*_asked(asked.get(key)), *_found(key, over, rows[key], entries.get(key))]
        for key in sorted(asked.keys() | rows.keys())
    }


def _asked(operation: Operation | None) -> Iterator[Op[Asked | Found]]:
    if operation is None:
        return
    money = (operation.amount_minor, operation.currency)
    for one in operation.attempts:
        told = one.entry_id if one.settled or one.accepted else None
        yield Op(
            called=one.started,
            returned=one.ended if told else UNKNOWN,
            value=Asked(money, told),
            told=f"{operation.key} {one.started:.3f}..{one.ended:.3f} {one.region or one.target}: "
            + (f"{one.status} {told}" if told else f"{one.status or one.error}, outcome unknown"),
        )


def _found(
    key: str, at: float, rows: Sequence[LedgerRow], entry: JournalEntry | None
) -> Iterator[Op[Asked | Found]]:
    """Looks after the last arrival and the last answer."""
    kept = tuple((row.entry_id, (row.amount_minor, row.currency)) for row in rows)
    yield _look(key, "ledger", at, kept)
    if entry is not None:
        yield _look(key, "journal", at, ((entry.entry_id, None),))


def _look(key: str, store: str, at: float, kept: tuple[tuple[str, Money | None], ...]) -> Op[Asked | Found]:
    ids = ", ".join(entry_id for entry_id, _ in kept) or "nothing"
    return Op(called=at, returned=at + 1, value=Found(kept), told=f"{key} {store} in the end: {ids}")


def lease_history(history: History, operations: Sequence[Operation]) -> list[Op[Held]]:
    """Looks of the observer, and acknowledgements: each says who held the lease."""
    attempts = (one for operation in operations if operation.kind.writes for one in operation.attempts)
    answers = (one for one in attempts if one.settled or one.accepted)
    return [*_looks(history), *(op for one in answers if (op := _acknowledged(one)))]


def _looks(history: History) -> Iterator[Op[Held]]:
    """A look began after the one before it had ended: one observer makes them all."""
    before = 0.0
    for seen in history.leases:
        held = Held(seen.epoch, seen.holder, taking=seen.state == LeaseState.TAKING)
        yield Op(called=before, returned=seen.at, value=held, told=f"{seen.at:.3f} the lease: {held}")
        before = math.nextafter(seen.at, math.inf)


def _acknowledged(one: Attempt) -> Op[Held] | None:
    """Whoever acknowledges looked at the lease, or remembers a look for half a second.

    A holder that is still TAKING may accept (202), and settles nothing (201).
    """
    if one.region is None or one.epoch is None:
        return None  # counted as acknowledged without the lease: gameday/judge/ledger_check.py
    held = Held(one.epoch, one.region, taking=False if one.settled else None)
    return Op(
        called=one.started - MAX_AGE_MS / 1000,
        returned=one.ended,
        value=held,
        told=f"{one.started:.3f}..{one.ended:.3f} acknowledged under {held}",
    )
