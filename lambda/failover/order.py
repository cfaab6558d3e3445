"""The steps of a takeover in their order, and what each does in the words of an operator. Pure.

The functions that run them (`failover.steps`), the state machine (`lib.failover.takeover`) and `dr plan` are
made of this.
"""

from dataclasses import dataclass

from failover.lease import MAX_AGE_MS

MARGIN_MS = 100
"""Clocks of two processes do not run equally fast."""
QUIET_S = (MAX_AGE_MS + MARGIN_MS) / 1000
"""A request believes a lease that it read so long ago, and acknowledges nothing after that."""


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step of the state machine."""

    name: str
    does: str


GUARD = PlannedStep("guard", "see that the lease asks for it, that the journal answers and the target is fit")
APPROVE = PlannedStep("approve", "over the loss budget, wait until two principals have typed dr approve")
ACCEPT = PlannedStep("accept", "let the target take requests into the journal; DNS follows its readiness")
WAIT_WRITER = PlannedStep("wait_writer", "wait until the target's database takes writes")
FENCE = PlannedStep("fence", "let the ledger take writes of the new epoch only")
RECONCILE = PlannedStep("reconcile", "record every journalled request that the ledger lacks")
SERVE = PlannedStep("activate", "let the target acknowledge; DNS follows its readiness")
PROVE = (
    PlannedStep("verify", "make one synthetic request through the target's API"),
    PlannedStep("record", "log the evidence"),
)
FORCED = (
    GUARD,
    APPROVE,
    ACCEPT,
    PlannedStep("promote", "FailoverGlobalCluster with data loss allowed, called in the target region"),
    WAIT_WRITER,
    FENCE,
    RECONCILE,
    SERVE,
    *PROVE,
)
"""Of a failover, and of a bootstrap, which accepts nothing early and promotes nothing."""
PLANNED = (
    GUARD,
    PlannedStep("warm", "start execution environments of the target for the requests that will wait"),
    PlannedStep("drain", f"the holder takes no new requests; {QUIET_S} s for those under way"),
    PlannedStep("settle", "wait until nothing that was settled is missing in the target"),
    PlannedStep("promote", "SwitchoverGlobalCluster, called in the holder's region"),
    WAIT_WRITER,
    PlannedStep("hand_over", "give the lease to the target, in the next epoch"),
    FENCE,
    SERVE,
    RECONCILE,
    *PROVE,
)
"""Of a switchover or a failback. If one of them fails before `hand_over`, `undo` is run."""
