"""What the steps work with: the ports of the region being activated, and of no other."""

from collections.abc import Callable
from dataclasses import dataclass

from failover.approvals import Approvals
from failover.lease_table import LeaseTable
from failover.loss import LossPolicy
from failover.ports import (
    Api,
    Events,
    Facts,
    FencedDatabase,
    Recovery,
    Service,
    Sign,
    Validation,
    Writer,
)
from failover.takeover import Takeover
from runtime.clock import Clock

__all__ = ["Facts", "Step", "StepContext"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepContext:
    """The ports of one region, bound by its system."""

    region: str
    leases: LeaseTable
    keeper: Sign
    database: FencedDatabase
    recovery: Recovery
    writer: Writer
    api: Api
    service: Service
    approvals: Approvals
    validation: Validation | None = None
    """None for a system that demands nothing beyond the replay."""
    policy: Callable[[], LossPolicy]
    """What this deployment may lose without asking."""
    accepts_early: bool
    """Whether requests may be taken into the journal before the writer is here."""
    bus: Events
    clock: Clock
    pause: Callable[[float], None]
    """Wait so many seconds before looking again."""


Step = Callable[[Takeover, StepContext], Facts]
