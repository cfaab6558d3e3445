"""record: the evidence of a finished takeover, one log line that audits and drills look for."""

from failover.lease import LeaseState
from failover.steps.errors import NotYet
from failover.steps.guard import current_lease
from failover.steps.tools import Facts, Tools
from failover.takeover import Takeover
from runtime.logs import logger


def run(takeover: Takeover, tools: Tools) -> Facts:
    """Read the final state back and write it down."""
    lease = current_lease(takeover, tools)
    if lease.state is not LeaseState.ACTIVE:
        raise NotYet(f"the lease is {lease.state}")
    evidence: Facts = {
        "takeover": takeover.payload(),
        "active_since_ms": lease.changed_at_ms,
        "expires_at_ms": lease.expires_at_ms,
        "automation": lease.automation,
        "recorded_at_ms": tools.clock(),
    }
    logger.info("takeover complete", extra=evidence)
    return evidence
