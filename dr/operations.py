"""What an operator's commands do to the lease and the state machine."""

from contextlib import suppress
from dataclasses import replace
from enum import StrEnum

from dr.aws import Cloud
from dr.errors import DrError
from dr.exits import Exit
from dr.rules import Purpose
from dr.situation import Situation
from dr.topology import Answer, Topology
from dr.waiting import pause, until
from failover.lease import Automation, Handover, Kind, Lease, LeaseState
from failover.observation import TakeoverFact
from failover.takeover import Takeover, TakeoverNotStarted

POLL_S = 1.0
ENDED_S = 5.0
"""Step Functions may be late by so much to end an execution, or to say so."""


class Refused(DrError):
    """The command does not apply to what was found; the message says what does. Nothing was changed."""

    code = Exit.REFUSED
    kind = "refused"


class Outcome(StrEnum):
    """How a takeover ended."""

    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


def lease_of(situation: Situation) -> Lease:
    """The lease. Raises Refused when there is none to work on."""
    return lease_of_topology(situation.topology)


def lease_of_topology(topology: Topology) -> Lease:
    """The lease. Raises Refused when there is none to work on."""
    if topology.lease_read_in is None:
        why = "; ".join(topology.reasons) or "no region answers"
        raise Refused(f"the lease cannot be read ({why}): dr status", kind="lease_unknown")
    if topology.lease is None:
        raise Refused("the lease is absent, no region has taken the first epoch: dr status", kind="no_lease")
    return topology.lease


def begin(cloud: Cloud, purpose: Purpose, situation: Situation, to: str) -> Takeover:
    """Start the takeover that *purpose* asks for."""
    if purpose is Purpose.FAILOVER:
        return take_over(cloud, situation, to)
    return hand_over(cloud, lease_of(situation), Kind(purpose.value), to)


def hand_over(cloud: Cloud, lease: Lease, kind: Kind, to: str) -> Takeover:
    """Start a planned takeover. Nothing has changed until its `drain` step."""
    takeovers = cloud.takeovers(to)
    asked = Takeover.planned(lease, Handover(to=to, kind=kind, attempt=1))
    takeover = takeovers.untried(asked)
    takeovers.start(takeover)
    return takeover


def take_over(cloud: Cloud, situation: Situation, to: str) -> Takeover:
    """Take a lease that its holder lost, by the clock of the region that gets it."""
    lease, now = lease_of(situation), cloud.inspect(to).clock_ms
    if not situation.lost_by_its_holder(lease, now_ms=now):
        raise Refused(f"the lease of {lease.holder} has not expired: dr switchover")
    taken = cloud.leases(to).take_over(lease, by=to, now_ms=now, ttl_ms=cloud.deployment.lease_ttl_ms)
    takeover = Takeover.of(taken)
    with suppress(TakeoverNotStarted):  # the keeper of that region starts it on its next tick
        cloud.takeovers(to).start(takeover)
    return takeover


def expiry_wait_s(situation: Situation, to: str) -> float:
    """Seconds until the lease of a holder that is not live is lost to it; 0 when it is not to be awaited."""
    lease, now = situation.lease, situation.now_ms(to)
    live = {view.region for view in situation.topology.regions if view.live is Answer.YES}
    if lease is None or now is None or lease.holder in live:
        return 0.0
    if not lease.believed(now_ms=now, ttl_ms=situation.lease_ttl_ms, skew_ms=situation.clock_skew_ms):
        # Nobody acknowledges by such an expiry. If it stands still for a term, its holder is lost.
        return (situation.lease_ttl_ms + 2 * situation.clock_skew_ms) / 1000 + POLL_S
    left_ms = lease.expires_at_ms + situation.clock_skew_ms - now
    return 0.0 if left_ms < 0 else left_ms / 1000 + POLL_S


def await_expiry(cloud: Cloud, situation: Situation, to: str) -> Situation:
    """The situation when the lease of a holder that is not live has run out; at most one term later."""
    lease, now = situation.lease, situation.now_ms(to)
    wait_s = expiry_wait_s(situation, to)
    if lease is None or now is None or not wait_s:
        return situation
    pause(wait_s, what="the lease of the lost holder to run out")
    again = cloud.situation()
    if lease.believed(now_ms=now, ttl_ms=situation.lease_ttl_ms, skew_ms=situation.clock_skew_ms):
        return again
    same = again.lease and (again.lease.epoch, again.lease.expires_at_ms) == (
        lease.epoch,
        lease.expires_at_ms,
    )
    return replace(again, stood_still=bool(same))


def retry(cloud: Cloud, lease: Lease) -> Takeover:
    """Start a held takeover again, as another execution of the same epoch; its steps go on from what is."""
    held = Takeover.of(lease)
    if lease.state is LeaseState.ACTIVE:
        raise Refused(f"{lease.holder} serves: there is nothing to retry")
    takeovers = cloud.takeovers(held.region)
    again = takeovers.untried(held)
    if again.attempt == held.attempt:
        takeovers.start(held)
        return held
    now = cloud.inspect(held.region).clock_ms
    takeover = Takeover.of(cloud.leases(held.region).retry(lease, attempt=again.attempt, now_ms=now))
    takeovers.start(takeover)
    return takeover


def abort(cloud: Cloud, lease: Lease) -> Lease:
    """Call a planned takeover off while the writer is where it was."""
    if lease.handover is None:
        raise Refused("no handover is under way")
    aurora = cloud.aurora(lease.holder)
    if aurora.moving or aurora.writer != lease.holder:
        raise Refused("the writer is leaving or has left: dr retry lets the handover go on")
    return cloud.leases(lease.holder).stay(lease, now_ms=cloud.inspect(lease.holder).clock_ms)


def await_result(cloud: Cloud, takeover: Takeover) -> Outcome:
    """How the execution ends; UNKNOWN when it is not known although it must have by now."""
    takeovers = cloud.takeovers(takeover.region)
    ended = until(
        lambda: ENDS.get(takeovers.status(takeover)),
        what=f"{takeover.name} to end",
        within_s=cloud.deployment.transition_ms / 1000 + ENDED_S,
        poll_s=POLL_S,
    )
    return ended or Outcome.UNKNOWN


ENDS = {TakeoverFact.SUCCEEDED: Outcome.DONE, TakeoverFact.FAILED: Outcome.FAILED}


def automate(cloud: Cloud, topology: Topology, automation: Automation, *, acknowledge: bool) -> Lease:
    """Let automation run or pause, in the epoch that was seen. What is so already is left as it is."""
    lease = lease_of_topology(topology)
    if acknowledge and not lease.unacknowledged:
        if acknowledged_before(lease):
            return lease
        raise Refused(f"epoch {lease.epoch} began without a failover: there is nothing to acknowledge")
    if acknowledge and lease.state is not LeaseState.ACTIVE:
        raise Refused(f"the failover has not ended, the lease is {lease.state}: dr retry")
    if automation is Automation.RUNNING and lease.unacknowledged and not acknowledge:
        raise Refused(f"epoch {lease.epoch} began with a failover that nobody acknowledged: dr ack")
    acknowledged = lease.epoch if acknowledge else lease.acknowledged_epoch
    region = topology.lease_read_in or lease.holder
    return cloud.leases(region).automate(lease, automation, acknowledged_epoch=acknowledged)


def acknowledged_before(lease: Lease) -> bool:
    """Whether this epoch's failover is acknowledged: to do so again changes nothing."""
    began = lease.kind is Kind.FAILOVER and lease.previous_holder is not None
    return began and not lease.unacknowledged
