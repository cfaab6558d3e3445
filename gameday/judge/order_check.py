"""Does the platform know every open order, and does nobody's order end but by its own client? Pure.

What is in the ledger is judged as for every system (gameday/judge/ledger_check.py): a cancellation is an
entry, too. Here is what clients were told of orders, and which ones are listed as open in the end.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from gameday.judge.summary import OrderCounts
from gameday.load.records import Kind, LedgerRow, Operation
from gameday.observe.history import Fault

CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFindings:
    """What the check found, as ids of orders; in a sound run everything but `open` is empty."""

    open: Sequence[str]
    """Acknowledged, and nobody asked to cancel them."""
    unlisted: Sequence[str]
    """Of these the ones that are not listed as open."""
    undead: Sequence[str]
    """Cancelled, as their clients know, and listed as open."""
    taken: Sequence[str]
    """Cancelled in the ledger, and no client asked for it."""
    denied: Sequence[str]
    """Acknowledged, and then "there is no such order", or open again after their cancellation."""
    entered: Sequence[str]
    """Acknowledged although their clients asked while order entry was halted."""

    @property
    def counts(self) -> OrderCounts:
        """As counts."""
        return OrderCounts(
            open=len(self.open),
            unlisted=len(self.unlisted),
            undead=len(self.undead),
            taken=len(self.taken),
            denied=len(self.denied),
            entered=len(self.entered),
        )


def check_orders(
    operations: Sequence[Operation], rows: Sequence[LedgerRow], listed: Collection[str], fault: Fault
) -> OrderFindings:
    """Compare what clients know with the orders that are *listed* as open in the end."""
    placed = {op.entry_id for op in operations if op.kind is Kind.PLACE and op.entry_id}
    cancellations = [op for op in operations if op.kind is Kind.CANCEL]
    asked = {op.about for op in cancellations}
    done = {op.about: at for op in cancellations if (at := _acknowledged_at(op)) is not None}
    standing = placed - asked
    return OrderFindings(
        open=sorted(standing),
        unlisted=sorted(standing - {*listed}),
        undead=sorted(done.keys() & {*listed}),
        taken=sorted({row.cancels for row in rows if row.cancels} - asked),
        denied=sorted({op.about for op in operations if _denies(op, done.get(op.about))}),
        entered=sorted(op.key for op in operations if op.kind is Kind.PLACE and _entered(op, fault)),
    )


def _acknowledged_at(operation: Operation) -> float | None:
    """When its client first knew that it will be done, settled or not."""
    return min((one.ended for one in operation.attempts if one.settled or one.accepted), default=None)


def _entered(operation: Operation, fault: Fault) -> bool:
    """Whether an attempt that began under the halt, and ended under it, was acknowledged."""
    return any(
        (one.settled or one.accepted) and fault.halted(one.started) and fault.halted(one.ended)
        for one in operation.attempts
    )


def _denies(operation: Operation, cancelled_at: float | None) -> bool:
    """Whether an answer about an acknowledged order contradicts what its client knew when it asked."""
    if operation.kind not in {Kind.READ, Kind.CANCEL}:
        return False
    return any(
        attempt.status == HTTPStatus.NOT_FOUND
        or (
            operation.kind is Kind.READ
            and attempt.settled
            and cancelled_at is not None
            and attempt.started >= cancelled_at
            and attempt.told != CANCELLED
        )
        for attempt in operation.attempts
    )
