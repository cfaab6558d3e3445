"""What a takeover will do, in words and figures. Pure."""

from dr.rules import Purpose
from dr.situation import Situation
from failover.order import FORCED, PLANNED, QUIET_S, PlannedStep


def steps(purpose: Purpose) -> tuple[PlannedStep, ...]:
    """The steps of the state machine for this purpose, in order."""
    return FORCED if purpose is Purpose.FAILOVER else PLANNED


def figures(situation: Situation, target: str) -> dict[str, int | None]:
    """Requests: how many came since the target's watermark, and how many of them it would have to replay."""
    inspection = situation.inspections[target]
    gap = inspection.gap if inspection else None
    return {
        "compared": gap.compared if gap else None,
        "not_replicated": gap.missing if gap else None,
        "only_accepted": gap.intents if gap else None,
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
        f"Move requests from {holder} to {target}? They wait for about {QUIET_S} s plus Aurora's "
        f"switchover, five seconds at most, and are refused with Retry-After after that; none is lost."
    )
