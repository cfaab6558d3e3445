"""The state machine that takes over to the west, in memory."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from durable.event_bus import own_bus
from durable.recovery import FencedLedger, JournalRecovery
from failover.aurora import Aurora
from failover.lease_table import LeaseTable
from failover.loss import LossPolicy
from failover.steps import STEPS, perform
from failover.steps.context import Facts, StepContext
from failover.takeover import Takeover
from payments.book import BOOK

from .scene import WEST
from .west import TAKEOVER, West


class WestLedger(FencedLedger):
    @contextmanager
    def ledger(self) -> Iterator[object]:
        yield self._database


def tools_of(west: West, leases: LeaseTable, clock: Callable[[], int]) -> StepContext:
    """The context of a step in this region."""
    database = WestLedger(west, BOOK)
    return StepContext(
        region=WEST,
        leases=leases,
        keeper=west,
        database=database,
        recovery=JournalRecovery(journal=west, database=database, clock=clock),
        writer=Aurora(parameters=west, rds=west, rds_in=west.rds_in),
        api=west,
        service=west,
        approvals=west,
        policy=lambda: LossPolicy.parse(west.get("approvals/policy")),
        accepts_early=west.accepts_early,
        bus=own_bus(WEST, west, west, "payments"),
        clock=clock,
        pause=west.paused.append,
    )


def run_all(
    context: StepContext,
    west: West,
    *,
    takeover: Takeover = TAKEOVER,
    order: Iterable[str] = STEPS,
    times: int = 1,
    until: str = "record",
) -> dict[str, Facts]:
    """The state machine: every step in order, each `times`, and the promotion arrives in between."""
    facts: dict[str, Facts] = {}
    for name in order:
        for _ in range(times):
            facts[name] = perform(name, takeover, context)
        if name == "promote":
            west.promotion_arrives()
        if name == until:
            break
    return facts
