"""One lease, as most tests begin with it."""

from failover.decision import Policy
from failover.lease import Automation, Lease, LeaseState

EAST, WEST = "us-east-1", "us-west-2"
NOW = 1_800_000_000_000
TTL = 30_000
SKEW = 2_000
LIMIT = 1_800_000
POLICY = Policy(ttl_ms=TTL, skew_ms=SKEW, transition_limit_ms=LIMIT)

LEASE = Lease(
    system="payments",
    epoch=7,
    holder=EAST,
    state=LeaseState.ACTIVE,
    expires_at_ms=NOW + TTL,
    automation=Automation.RUNNING,
    changed_at_ms=NOW - 1_000,
    previous_holder=WEST,
)
