"""What a keeper sees: the situations that it decides in."""

from dataclasses import replace

from failover.lease import Automation, Handover, Kind, LeaseState
from failover.observation import (
    ApiFact,
    DatabaseFact,
    FenceFact,
    JournalFact,
    LeaseFact,
    Observation,
    ReadyFact,
    TakeoverFact,
)

from .scene import EAST, LEASE, NOW, POLICY, SKEW, TTL, WEST

EXPIRED = replace(LEASE, expires_at_ms=NOW - SKEW - 1)

# The region east is gone, its lease expired, and west is ready to take over.
DISASTER = Observation(
    region=WEST,
    now_ms=NOW,
    lease=EXPIRED,
    seen_at_ms=NOW,
    unchanged_ms=TTL,
    clock_off_ms=0,
    database=DatabaseFact.REPLICA,
    fence=FenceFact.UNKNOWN,
    journal=JournalFact.ANSWERS,
    api=ApiFact.LIVE,
    ready=ReadyFact.READY,
    takeover=TakeoverFact.UNKNOWN,
)
NEW = replace(DISASTER, lease=LeaseFact.ABSENT, database=DatabaseFact.WRITER)
HOLDER = replace(DISASTER, region=EAST, lease=LEASE, database=DatabaseFact.WRITER, fence=LEASE.epoch)
TAKEN = replace(LEASE, holder=WEST, previous_holder=EAST, state=LeaseState.TAKING, changed_at_ms=NOW)
TAKING = replace(DISASTER, lease=TAKEN, takeover=TakeoverFact.RUNNING)
HANDOVER = Handover(to=WEST, kind=Kind.SWITCHOVER, attempt=1)
DRAINED = LEASE.draining(HANDOVER, now_ms=NOW)
DRAINING = replace(HOLDER, lease=DRAINED)
LEAVING = replace(DRAINING, database=DatabaseFact.REPLICA)
SUCCESSOR = replace(DISASTER, lease=DRAINED, takeover=TakeoverFact.RUNNING)
# West lost its lease while it was well, and the failover to the east did not serve.
ABANDONED = replace(
    DISASTER,
    lease=replace(EXPIRED, state=LeaseState.TAKING, automation=Automation.PAUSED),
    database=DatabaseFact.WRITER,
)
NEVER = {"epoch": 1, "previous_holder": None, "state": LeaseState.TAKING}
GIVE_UP = POLICY.drain_limit_ms
