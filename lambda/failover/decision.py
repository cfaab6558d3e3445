"""What should the keeper of this region do now? Pure: an Observation and a Policy in, a Decision out.

The invariant: never two regions acknowledge at the same time. A region acknowledges only under its own
unexpired ACTIVE lease. So a lease is renewed only by its holder, and taken over only when it expired
longer ago than clocks may differ; whatever this function decides, the lease table refuses the write when
the lease is no longer what was observed.

Rules are tried from top to bottom and the first that applies wins. An unknown fact is never a good one:
unknown lease, database or API holds, watches or pages, and never moves anything. The codes are stable:
logs, alarms, runbooks and tests name them.

Choices that need a reason:
- An expired lease of our own is renewed like any other (R30). Nobody took it over, or the epoch would
  not be ours; after an outage of the lease table the holder just goes on, without a failover.
- A region that is TAKING need not be fit (R35): its database is a replica until the promotion.
- TAKING and DRAINING end. When the takeover failed or the limit has passed, the lease is left to expire
  (R36): nobody acknowledges in these states, so a renewal would only keep the other region out.
- A drain that does not end is given up by the holder (R34): the region that should get the lease may be
  lost, and nothing else would make the old one serve again. Only while the writer is still here.
- A first epoch that never served is not taken over (R45): nothing was ever acknowledged, so there is
  nothing to rescue, and a forced promotion would break a healthy pair because of a slow start.
- A failover that did not serve before its lease expired is taken back (R47) by the region that it left, when
  that one is fit and still has the writer. It needs nobody's leave: payments go back to where they were. If
  Aurora says that the writer is elsewhere or on its way, the takeover there ends before it changes anything.
- A holder whose own ledger takes another epoch (R37) can settle nothing: it calls a person at once, and its
  lease is left to expire like that of any unfit holder.
- An unfit holder lets its lease expire (R38) instead of giving it back: one bad probe costs one renewal
  of three, and only a lasting failure costs the lease.
"""

from dataclasses import dataclass
from enum import StrEnum

from failover.lease import Automation, Lease, LeaseState
from failover.observation import ApiFact, DatabaseFact, LeaseFact, Observation, TakeoverFact

DRAIN_LIMIT_MS = 3 * 60 * 1000
"""Draining takes seconds until the writer moves, so this is an outage that nobody ends."""


class Action(StrEnum):
    """What the keeper does."""

    HOLD = "hold"
    """Nothing, although this region would have something to do."""
    WATCH = "watch"
    """Nothing, because nothing is to be done."""
    PAGE = "page"
    """Call a person."""
    RENEW = "renew"
    CONTINUE = "continue"
    """Renew, and make sure that the takeover runs."""
    STAY = "stay"
    """Call the planned handover off and serve again."""
    TAKE_FIRST = "take_first"
    TAKE_OVER = "take_over"
    TAKE_BACK = "take_back"
    """End a failover away from here that did not serve."""


class Rule(StrEnum):
    """Why. The code is a contract with logs, alarms and runbooks."""

    LEASE_UNKNOWN = "R10_lease_unknown"
    FIRST_LEASE = "R20_first_lease"
    NO_LEASE = "R25_no_lease"
    HOLDER_FIT = "R30_holder_fit"
    DRAINING = "R33_draining"
    DRAIN_GIVEN_UP = "R34_drain_given_up"
    TAKING = "R35_taking"
    STUCK = "R36_stuck"
    FENCED = "R37_fenced"
    HOLDER_UNFIT = "R38_holder_unfit"
    HOLDER_ELSEWHERE = "R40_holder_elsewhere"
    HANDOVER_FAILED = "R42_handover_failed"
    NEVER_SERVED = "R45_never_served"
    TAKEN_BACK = "R47_taken_back"
    PAUSED = "R50_automation_paused"
    UNFIT_HERE = "R60_unfit_here"
    CLEAR = "R90_clear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How long things may take, in milliseconds."""

    ttl_ms: int
    skew_ms: int
    transition_limit_ms: int
    """The longest TAKING or DRAINING that is still renewed."""
    drain_limit_ms: int = DRAIN_LIMIT_MS
    """The longest DRAINING while the writer is still where it was."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, by which rule, and why in words."""

    action: Action
    rule: Rule
    reason: str


def decide(seen: Observation, policy: Policy) -> Decision:
    """The first rule that applies."""
    if seen.lease is LeaseFact.UNKNOWN:
        return Decision(Action.HOLD, Rule.LEASE_UNKNOWN, "the lease cannot be read")
    if seen.lease is LeaseFact.ABSENT:
        return _without_lease(seen)
    if seen.lease.held_by(seen.region):
        return _as_holder(seen, seen.lease, policy)
    return _as_challenger(seen, seen.lease, policy)


def _without_lease(seen: Observation) -> Decision:
    if _fit(seen):
        return Decision(Action.TAKE_FIRST, Rule.FIRST_LEASE, "no lease yet and the writer is here")
    return Decision(Action.WATCH, Rule.NO_LEASE, f"no lease yet; database {seen.database}, API {seen.api}")


def _as_holder(seen: Observation, lease: Lease, policy: Policy) -> Decision:
    fit = _fit(seen)
    if lease.state is LeaseState.ACTIVE:
        return _active(seen, lease, fit=fit)
    age_ms = seen.now_ms - lease.changed_at_ms
    draining = lease.state is LeaseState.DRAINING
    if draining and fit and age_ms > policy.drain_limit_ms:
        return Decision(Action.STAY, Rule.DRAIN_GIVEN_UP, f"draining for {age_ms} ms, and the writer is here")
    if age_ms > policy.transition_limit_ms:
        return Decision(Action.PAGE, Rule.STUCK, f"{lease.state} for {age_ms} ms")
    if draining:
        return Decision(Action.RENEW, Rule.DRAINING, "a planned switchover is under way")
    return _taking(seen.takeover)


def _fit(seen: Observation) -> bool:
    return seen.database is DatabaseFact.WRITER and seen.api is ApiFact.LIVE


def _active(seen: Observation, lease: Lease, *, fit: bool) -> Decision:
    if fit:
        return Decision(Action.RENEW, Rule.HOLDER_FIT, "holder, writer and live")
    if seen.database is DatabaseFact.FENCED:
        return Decision(Action.PAGE, Rule.FENCED, f"the ledger does not take epoch {lease.epoch}")
    reason = f"database {seen.database}, API {seen.api}: the lease is left to expire"
    return Decision(Action.HOLD, Rule.HOLDER_UNFIT, reason)


def _taking(takeover: TakeoverFact) -> Decision:
    if takeover is TakeoverFact.FAILED:
        return Decision(Action.PAGE, Rule.STUCK, "the takeover failed")
    return Decision(Action.CONTINUE, Rule.TAKING, f"takeover {takeover}")


def _as_challenger(seen: Observation, lease: Lease, policy: Policy) -> Decision:
    if not lease.expired(now_ms=seen.now_ms, skew_ms=policy.skew_ms):
        if lease.handover and lease.handover.to == seen.region and seen.takeover is TakeoverFact.FAILED:
            return Decision(Action.PAGE, Rule.HANDOVER_FAILED, f"{lease.holder} drains for nothing")
        return Decision(Action.WATCH, Rule.HOLDER_ELSEWHERE, f"{lease.holder} holds the lease")
    return _of_an_expired_lease(seen, lease)


def _of_an_expired_lease(seen: Observation, lease: Lease) -> Decision:
    if lease.never_served:
        return Decision(Action.PAGE, Rule.NEVER_SERVED, f"the first takeover, in {lease.holder}, did not end")
    if lease.abandoned_by(seen.region) and _fit(seen):
        return Decision(Action.TAKE_BACK, Rule.TAKEN_BACK, f"the failover to {lease.holder} did not serve")
    if lease.automation is Automation.PAUSED:
        reason = f"the lease of {lease.holder} expired, but automation is paused"
        return Decision(Action.PAGE, Rule.PAUSED, reason)
    reachable = seen.database in {DatabaseFact.WRITER, DatabaseFact.REPLICA}
    if not (reachable and seen.api is ApiFact.LIVE):
        reason = f"the lease of {lease.holder} expired; database {seen.database}, API {seen.api}"
        return Decision(Action.PAGE, Rule.UNFIT_HERE, reason)
    return Decision(Action.TAKE_OVER, Rule.CLEAR, f"the lease of {lease.holder} expired")
