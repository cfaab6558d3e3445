"""Orders placed, cancelled and looked up, by the holder of the lease alone.

A copy that lags would call open what is cancelled: so whoever does not hold the lease says nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

from durable.ledger_connection import LedgerConnection
from intake.peer import MAX_ANSWER_BYTES
from intake.principal import Principal, scoped
from intake.problems import Problem, Refused
from intake.request_flow import RequestFlow
from intake.whereabouts import Whereabouts
from runtime.database import DatabaseUnavailable
from trading import synthetic
from trading.halt import HaltSwitch
from trading.order import Cancel, Order, OrderState, state

LONGEST_BYTES = 256
"""More than any order takes in an answer, by a fifth, which is for what surrounds the orders."""
LISTED = MAX_ANSWER_BYTES // LONGEST_BYTES
"""Open orders of one answer: the region that passes it on must be able to read it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An order, and what became of it."""

    order_id: str
    order: Order
    state: OrderState
    recorded: bool
    """Whether what was asked for is in the ledger, and not only journalled in two regions."""


class Desk:
    """What clients may do with orders.

    Every method raises InTransit during a planned handover, and Refused: another region holds the lease
    (HeldElsewhere), nobody does, or nobody knows.
    """

    def __init__(
        self,
        *,
        flow: RequestFlow,
        whereabouts: Whereabouts,
        ledger: LedgerConnection,
        halt: HaltSwitch,
        new_id: Callable[[], str],
    ) -> None:
        self._flow = flow
        self._whereabouts = whereabouts
        self._ledger = ledger
        self._halt = halt
        self._new_id = new_id

    def place(self, client_order_id: str, order: Order, *, principal: Principal, until_ms: int) -> Told:
        """Take the order, once. It is refused while order entry is halted, a repeated one too."""
        self._flow.held_lease()
        self._halt.must_be_open()
        return self._take(client_order_id, order, principal=principal, until_ms=until_ms)

    def prove(self, client_order_id: str, order: Order, *, until_ms: int) -> Told:
        """Take the platform's own order of this epoch, halted or not. It is nobody's.

        Nobody is asked who they are for it: whoever sends it again changes nothing, and there is no other.
        """
        lease = self._flow.held_lease()
        if (client_order_id, order) != (synthetic.key(lease.system, lease.epoch), synthetic.ORDER):
            raise Refused(Problem.INVALID, "This is not the synthetic order of the present epoch.")
        return self._take(client_order_id, order, principal="", until_ms=until_ms)

    def _take(self, client_order_id: str, order: Order, *, principal: Principal, until_ms: int) -> Told:
        key, order_id = scoped(client_order_id, principal), self._new_id()
        entry, recorded = self._flow.take(
            key, order, principal=principal, entry_id=order_id, until_ms=until_ms
        )
        # Only what was there before can have been cancelled: nobody knew the id of any other.
        cancelled = entry.entry_id != order_id and self._cancelled(entry.entry_id, principal)
        found = state(recorded=recorded, cancelled=cancelled)
        return Told(order_id=entry.entry_id, order=order, state=found, recorded=recorded)

    def cancel(self, order_id: str, *, principal: Principal, until_ms: int) -> Told | None:
        """Cancel the principal's order, once; None where there is none, and then nothing is written."""
        placed = self._placed(order_id, principal)
        if placed is None:
            return None
        order, _ = placed
        cancel = Cancel(cancels=order_id)
        _, recorded = self._flow.take(
            scoped(cancel.key, principal),
            cancel,
            principal=principal,
            entry_id=cancel.entry_id,
            until_ms=until_ms,
        )
        return Told(order_id=order_id, order=order, state=OrderState.CANCELLED, recorded=recorded)

    def find(self, order_id: str, *, principal: Principal) -> Told | None:
        """The principal's order; None where there is none."""
        placed = self._placed(order_id, principal)
        if placed is None:
            return None
        order, recorded = placed
        became = state(recorded=recorded, cancelled=self._cancelled(order_id, principal))
        return Told(order_id=order_id, order=order, state=became, recorded=recorded)

    def _placed(self, order_id: str, principal: Principal) -> tuple[Order, bool] | None:
        """The principal's order, and whether it is in the ledger."""
        self._flow.held_lease()
        found = self._whereabouts.find(order_id, principal=principal)
        return (found.request, found.settled) if found and isinstance(found.request, Order) else None

    def _cancelled(self, order_id: str, principal: Principal) -> bool:
        """Whether the order's cancellation is in the ledger, or promised to be."""
        cancel = Cancel(cancels=order_id)
        try:
            return self._whereabouts.find(cancel.entry_id, principal=principal) is not None
        except Refused:
            # The ledger is away. What the journal knows nothing of was never recorded there; of anything else
            # nobody can say whether it was.
            if self._whereabouts.journalled(scoped(cancel.key, principal)):
                raise
            return False

    def open_orders(self, *, principal: Principal, after: str) -> list[tuple[str, Order]]:
        """The principal's open orders in the ledger, by id after that one; `LISTED` and one more at most."""
        self._flow.held_lease()
        try:
            found = self._ledger.use(
                lambda ledger: ledger.live(principal=principal, after=after, most=LISTED + 1)
            )
        except DatabaseUnavailable as error:
            raise Refused(Problem.UNAVAILABLE, "The ledger does not answer.") from error
        return [(order_id, order) for order_id, order in found.items() if isinstance(order, Order)]
