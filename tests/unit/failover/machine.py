"""The state machine that takes over to the west, in memory."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from failover.lease_table import LeaseTable
from failover.operations import own_bus
from failover.steps import STEPS, perform
from failover.steps.tools import Facts, Tools
from failover.takeover import Takeover

from .scene import WEST
from .west import TAKEOVER, West


@dataclass(frozen=True, slots=True, kw_only=True)
class WestTools(Tools):
    @contextmanager
    def ledger(self) -> Iterator[object]:
        yield self.database


def tools_of(west: West, leases: LeaseTable, clock: Callable[[], int]) -> Tools:
    """The tools of a step in this region."""
    return WestTools(
        region=WEST,
        leases=leases,
        parameters=west,
        database=west,
        journal=west,
        rds=west,
        api=west,
        service=west,
        approvals=west,
        bus=own_bus(WEST, west, west, "payments"),
        clock=clock,
        pause=west.paused.append,
        rds_in=west.rds_in,
    )


def run_all(
    tools: Tools,
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
            facts[name] = perform(name, takeover, tools)
        if name == "promote":
            west.promotion_arrives()
        if name == until:
            break
    return facts
