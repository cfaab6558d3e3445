"""A new epoch where the writer is, when the lease or the fence cannot be right: `dr reset-lease`."""

from dataclasses import replace

from dr import operations
from dr.aws import Cloud
from dr.operations import Refused
from dr.situation import Inspection, Situation
from dr.topology import Answer
from failover.lease import Lease, LeaseState
from failover.observation import DatabaseFact, TakeoverFact
from failover.takeover import MOST_ATTEMPTS, Takeover


def wanted(cloud: Cloud, situation: Situation, region: str | None) -> Lease:
    """The lease to write. Raises Refused when another command is right, or too little is known."""
    target = region or (situation.aurora.writer if situation.aurora else None)
    if target is None:
        raise Refused("Aurora does not say where the writer is: give --region")
    inspection = _writer(situation, target)
    fences = [one.gap.fence or 0 for one in situation.inspections.values() if one and one.gap]
    lease = Lease.again(
        cloud.deployment.system,
        situation.lease,
        holder=target,
        epoch=max(situation.lease.epoch if situation.lease else 0, *fences, 0) + 1,
        now_ms=inspection.clock_ms,
        ttl_ms=cloud.deployment.lease_ttl_ms,
    )
    takeovers = cloud.takeovers(target)
    for _ in range(MOST_ATTEMPTS):
        if takeovers.status(Takeover.of(lease)) is TakeoverFact.ABSENT:
            return lease
        lease = replace(lease, epoch=lease.epoch + 1)
    raise Refused(f"the state machine in {target} names no epoch that was never taken over: try again")


def question(lease: Lease) -> str:
    """What an operator takes upon himself."""
    return (
        f"Begin epoch {lease.epoch} in {lease.holder}? Its ledger is fenced anew and compared with the "
        "journal; until that is done nobody takes requests."
    )


def begin(cloud: Cloud, seen: Lease | None, lease: Lease) -> Takeover:
    """Write the lease in the place of what was seen, and start its takeover."""
    takeover = Takeover.of(cloud.leases(lease.holder).begin_anew(seen, lease))
    cloud.takeovers(lease.holder).start(takeover)
    return takeover


def _writer(situation: Situation, target: str) -> Inspection:
    """The target's inspection. Raises Refused unless the writer is there and nobody else can acknowledge."""
    if situation.topology.lease_read_in is None:
        operations.lease_of(situation)
    lease, inspection = situation.lease, situation.inspections.get(target)
    if lease and not lease.held_by(target):
        _must_have_stopped(lease, situation, target)
    if inspection is None or inspection.database != DatabaseFact.WRITER or inspection.gap is None:
        why = (
            inspection.why or f"its database is {inspection.database}" if inspection else "it does not answer"
        )
        raise Refused(f"{target} cannot begin a new epoch: {why}")
    ready = {view.region for view in situation.topology.regions if view.ready is Answer.YES}
    if target in ready:
        raise Refused(f"{target} serves: there is nothing to reset")
    return inspection


def _must_have_stopped(lease: Lease, situation: Situation, target: str) -> None:
    """Raises Refused if its holder may serve. The write fails if the lease serves by then, or is renewed."""
    if lease.accepts:
        now_ms = situation.now_ms(target)
        if now_ms is None or not lease.expired(now_ms=now_ms, skew_ms=situation.clock_skew_ms):
            raise Refused(f"{lease.holder} accepts requests until its lease runs out: dr status, then again")
    elif lease.state is not LeaseState.TAKING:
        raise Refused(f"{lease.holder} holds the lease: dr switchover, or dr failover when it is lost")
