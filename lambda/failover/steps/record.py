"""record: the evidence of a finished takeover, one log line that audits and drills look for.

Consumers are told by an event besides, if the bus answers.
"""

from failover.lease import LeaseState
from failover.operations import COMPLETED, TakeoverCompleted
from failover.ports import EventsUnavailable
from failover.steps.context import Facts, StepContext
from failover.steps.errors import NotYet
from failover.steps.guard import current_lease
from failover.takeover import Takeover
from runtime.logs import logger


def run(takeover: Takeover, context: StepContext) -> Facts:
    """Read the final state back, tell it and write it down."""
    lease = current_lease(takeover, context)
    if lease.state is not LeaseState.ACTIVE:
        raise NotYet(f"the lease is {lease.state}")
    evidence: Facts = {
        "takeover": takeover.payload(),
        "active_since_ms": lease.changed_at_ms,
        "expires_at_ms": lease.expires_at_ms,
        "automation": lease.automation,
        "recorded_at_ms": context.clock(),
        "published": takeover.kind in COMPLETED and _published(TakeoverCompleted(takeover), context),
    }
    logger.info("takeover complete", extra=evidence)
    return evidence


def _published(event: TakeoverCompleted, context: StepContext) -> bool:
    """Whether the bus took the event. If not the takeover is over all the same: a bus never holds it."""
    reason = "the bus refused it"
    try:
        if context.bus.publish([event]):
            return True
    except EventsUnavailable as error:
        reason = str(error)
    logger.warning("event is not published", extra={"event_id": event.event_id, "reason": reason})
    return False
