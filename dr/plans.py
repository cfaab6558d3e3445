"""What a takeover will do, in words and figures. Pure."""

from dataclasses import dataclass

from dr.rules import Purpose
from dr.situation import Situation
from failover.steps.drain import QUIET_S


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step of the state machine, in the words of an operator."""

    name: str
    does: str


GUARD = PlannedStep("guard", "see that the lease asks for it, that the journal answers and the target is fit")
APPROVE = PlannedStep("approve", "over the loss budget, wait until two principals have typed dr approve")
WAIT_WRITER = PlannedStep("wait_writer", "wait until the target's database takes writes")
FENCE = PlannedStep("fence", "let the ledger take writes of the new epoch only")
RECONCILE = PlannedStep("reconcile", "record every journalled payment that the ledger lacks")
SERVE = PlannedStep("activate", "let the target acknowledge; DNS follows its readiness")
PROVE = (
    PlannedStep("verify", "pay one unit of the test currency through the target's API"),
    PlannedStep("record", "log the evidence"),
)
FORCED = (
    GUARD,
    APPROVE,
    PlannedStep("promote", "FailoverGlobalCluster with data loss allowed, called in the target region"),
    WAIT_WRITER,
    FENCE,
    RECONCILE,
    SERVE,
    *PROVE,
)
PLANNED = (
    GUARD,
    PlannedStep("warm", "start execution environments of the target for the requests that will wait"),
    PlannedStep("drain", f"the holder takes no new payments; {QUIET_S} s for those under way"),
    PlannedStep("settle", "wait until nothing that was settled is missing in the target"),
    PlannedStep("promote", "SwitchoverGlobalCluster, called in the holder's region"),
    WAIT_WRITER,
    PlannedStep("hand_over", "give the lease to the target, in the next epoch"),
    FENCE,
    SERVE,
    RECONCILE,
    *PROVE,
)


def steps(purpose: Purpose) -> tuple[PlannedStep, ...]:
    """The steps of the state machine for this purpose, in order."""
    return FORCED if purpose is Purpose.FAILOVER else PLANNED


def figures(situation: Situation, target: str) -> dict[str, int | None]:
    """Payments: how many came since the target's mark, and how many of them it would have to replay."""
    inspection = situation.inspections[target]
    stock = inspection.stock if inspection else None
    return {
        "compared": stock.compared if stock else None,
        "not_replicated": stock.missing if stock else None,
        "only_accepted": stock.intents if stock else None,
    }


def approvers(purpose: Purpose, situation: Situation, target: str) -> str:
    """Who must approve, as it is now."""
    if purpose is not Purpose.FAILOVER:
        return "nobody must approve: nothing can be lost"
    inspection = situation.inspections[target]
    loss = inspection.loss if inspection else None
    if loss is None:
        return "two principals must approve unless the loss is known by then: it is unknown now"
    if loss["done"]:
        return f"nobody must approve: {loss['rule']}, {loss['reason']}"
    return f"two principals must approve: {loss['rule']}, {loss['reason']}"


def consequence(purpose: Purpose, holder: str, target: str) -> str:
    """The question that names what will happen."""
    if purpose is Purpose.FAILOVER:
        return (
            f"Force {target} to serve? What {holder} did not replicate is replayed from the journal; "
            f"{holder} has to rejoin before it can serve again."
        )
    return (
        f"Move payments from {holder} to {target}? They wait for about {QUIET_S} s plus Aurora's "
        f"switchover, five seconds at most, and are refused with Retry-After after that; none is lost."
    )
