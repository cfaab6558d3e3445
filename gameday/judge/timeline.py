"""From observations and attempts to a timeline of the recovery. Pure; seconds count from the fault."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from gameday.load.records import Attempt, Operation
from gameday.observe.history import Fault, History

GOOD_PERCENT = 99
"""Share of a second's attempts that must be settled, or at least accepted, for the second to be good."""


class _Timed(Protocol):
    @property
    def at(self) -> float: ...


T = TypeVar("T", bound=_Timed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A moment of the recovery."""

    after_s: float
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """When each step of the recovery was first seen, in seconds after the fault; None: never."""

    lease_expired_s: float | None = None
    detected_s: float | None = None
    writer_promoted_s: float | None = None
    active_s: float | None = None
    ready_s: float | None = None
    dns_moved_s: float | None = None
    first_accepted_s: float | None = None
    """The survivor first accepted or settled a request."""
    accepted_s: float | None = None
    """As `restored_s`, of attempts that were settled or accepted."""
    first_ack_s: float | None = None
    restored_s: float | None = None


def restored_s(attempts: Iterable[Attempt], fault_at: float, until: float, good_s: int) -> int | None:
    """First second after the fault from which *good_s* seconds in a row were good, or None.

    Good: at least one attempt was sent in that second and 99 % of them were settled (201).
    Seconds that were not over at *until* do not count: their attempts may still be open.
    """
    return _good_from_s(((one.started, one.settled) for one in attempts), fault_at, until, good_s)


def accepted_s(attempts: Iterable[Attempt], fault_at: float, until: float, good_s: int) -> int | None:
    """As `restored_s`, where an attempt that was accepted (202) is as good as one that was settled."""
    known = ((one.started, one.settled or one.accepted) for one in attempts)
    return _good_from_s(known, fault_at, until, good_s)


def _good_from_s(
    attempts: Iterable[tuple[float, bool]], fault_at: float, until: float, good_s: int
) -> int | None:
    """The same of attempts by when they were sent and whether they were good."""
    sent: dict[int, int] = {}
    succeeded: dict[int, int] = {}
    for started, good in attempts:
        second = int((started - fault_at) // 1)
        sent[second] = sent.get(second, 0) + 1
        succeeded[second] = succeeded.get(second, 0) + good
    in_a_row = 0
    for second in range(int((until - fault_at) // 1)):
        tried = sent.get(second, 0)
        good = tried > 0 and succeeded[second] * 100 >= tried * GOOD_PERCENT
        in_a_row = in_a_row + 1 if good else 0
        if in_a_row == good_s:
            return second - good_s + 1
    return None


def moments(
    history: History, operations: Sequence[Operation], fault: Fault, until: float, good_s: int
) -> Moments:
    """The steps of the recovery, as the observers and the clients saw them; none where nobody may move."""
    attempts = [attempt for operation in operations for attempt in operation.attempts]
    restored = restored_s(attempts, fault.at, until, good_s)
    if not fault.moved:
        return Moments(restored_s=restored)
    epoch = epoch_before(history, fault)
    own = [lease for lease in history.leases if lease.epoch > epoch]
    expiries = [lease.expires_at for lease in history.leases if lease.epoch == epoch]
    survivor = fault.survivor
    answers = [a for a in attempts if a.region == survivor and (a.settled or a.accepted)]
    return Moments(
        lease_expired_s=_after([max(expiries)] if expiries else [], fault),
        detected_s=_first(own, fault),
        writer_promoted_s=_first((w for w in history.writers if w.region == survivor), fault),
        active_s=_first((lease for lease in own if lease.active), fault),
        ready_s=_first((seen for seen in history.readiness if seen.region == survivor and seen.ready), fault),
        dns_moved_s=_first((seen for seen in history.dns if seen.region == survivor), fault),
        first_accepted_s=_after((a.ended for a in answers), fault),
        accepted_s=accepted_s(attempts, fault.at, until, good_s),
        first_ack_s=_after((a.ended for a in answers if a.settled), fault),
        restored_s=restored,
    )


def epoch_before(history: History, fault: Fault) -> int:
    """The epoch under which the system ran when the fault came; 0 when no lease was ever seen."""
    return max((seen.epoch for seen in history.leases if seen.at <= fault.at), default=0)


def events(seen: Moments, fault: Fault) -> list[Event]:
    """The timeline that people read, in the order of time."""
    told = [
        *(Event(after_s=round(m.at - fault.at, 3), name="fault", detail=m.what) for m in fault.marks),
        *_told("lease expired", seen.lease_expired_s, f"the last renewal by {fault.region} ran out"),
        *_told("detected", seen.detected_s, f"{fault.survivor} took the lease, new epoch"),
        *_told("writer promoted", seen.writer_promoted_s, f"database of {fault.survivor} is writable"),
        *_told("active", seen.active_s, "fence raised, journal replayed, lease ACTIVE"),
        *_told("ready", seen.ready_s, f"/health/ready of {fault.survivor} answers 200"),
        *_told("dns moved", seen.dns_moved_s, f"a fresh answer names {fault.survivor}"),
        *_told("first accepted", seen.first_accepted_s, f"first request taken by {fault.survivor}"),
        *_told("accepted", seen.accepted_s, "from here on 99 % of attempts were accepted or settled"),
        *_told("first ack", seen.first_ack_s, f"first request settled by {fault.survivor}"),
        *_told("restored", seen.restored_s, "from here on 99 % of attempts were settled"),
    ]
    return sorted(told, key=lambda event: event.after_s)


def _told(name: str, after_s: float | None, detail: str) -> list[Event]:
    return [] if after_s is None else [Event(after_s=after_s, name=name, detail=detail)]


def _first(seen: Iterable[T], fault: Fault) -> float | None:
    return _after((one.at for one in seen), fault)


def _after(times: Iterable[float], fault: Fault) -> float | None:
    """Seconds from the fault to the first of *times* that is not before it."""
    after = [at - fault.at for at in times if at >= fault.at]
    return round(min(after), 3) if after else None
