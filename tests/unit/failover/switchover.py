"""A switchover from east to west, as the steps of the west see it."""

from functools import partial
from types import SimpleNamespace

from failover.lease import Handover, Kind
from failover.takeover import Takeover

from .machine import run_all
from .scene import EAST, LEASE, NOW, WEST
from .west import West

HANDOVER = Handover(to=WEST, kind=Kind.SWITCHOVER, attempt=1)
TAKEOVER = Takeover.planned(LEASE, HANDOVER)
DRAINING = LEASE.draining(HANDOVER, now_ms=NOW)
HERE = DRAINING.handed_over(HANDOVER, now_ms=NOW)
ORDER = [
    *("guard", "warm", "drain", "settle", "promote", "wait_writer", "hand_over", "fence"),
    *("activate", "reconcile", "verify", "record"),
]


class Well(West):
    """Both regions are well: all that was settled has been replicated."""

    lease = LEASE

    def __init__(self) -> None:
        super().__init__()
        self.rows["key-2"] = (7, EAST)
        self.switchovers: list[tuple[str, object]] = []
        self.alive = self.keeper_ticks = True

    def is_fresh(self, _now_ms: int) -> bool:
        return self.keeper_ticks

    def live(self) -> bool:
        return self.alive

    def rds_in(self, region: str) -> object:
        def switch(**request: object) -> None:
            self.switchovers.append((region, request))
            self.failover_global_cluster()

        return SimpleNamespace(switchover_global_cluster=switch)


switch_over = partial(run_all, takeover=TAKEOVER, order=ORDER)
