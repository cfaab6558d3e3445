"""Who answers requests in a process: each clerk one at a time, over a connection to the ledger of its own."""

from collections.abc import Iterable, Sequence
from queue import SimpleQueue

from durable.lease_view import RecentLease
from intake.answering import answered
from intake.http import Answer, Request
from runtime.clock import now_ms
from trading.api import OrderRoutes
from trading.schemas import NAME


class Clerks:
    """The clerks of one instance. They share what it knows of the lease.

    Args:
        clerks: at least one.
        health: answers questions after health beside them.
    """

    def __init__(
        self, *, region: str, lease: RecentLease, clerks: Sequence[OrderRoutes], health: OrderRoutes
    ) -> None:
        self.region = region
        self.number = len(clerks)
        self._lease = lease
        self._health = health
        self._free: SimpleQueue[OrderRoutes] = SimpleQueue()
        for clerk in clerks:
            self._free.put(clerk)

    @property
    def routes(self) -> Iterable[str]:
        """What they answer, such as ``GET /orders/{order_id}``."""
        return self._health.routes.keys()

    @property
    def epoch(self) -> int | None:
        """Of the lease that was read last."""
        return self._lease.last_epoch

    def serve(self, request: Request) -> Answer:
        """The answer of the first clerk who is free."""
        clerk = self._free.get()
        try:
            return self._answer(request, clerk)
        finally:
            self._free.put(clerk)

    def health(self, request: Request) -> Answer:
        """The answer to a question after health, which waits for nobody."""
        return self._answer(request, self._health)

    def _answer(self, request: Request, clerk: OrderRoutes) -> Answer:
        answer, _ = answered(request, clerk, self._lease, system=NAME, clock=now_ms)
        return answer
