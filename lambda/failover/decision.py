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
- A change that lies further ahead than the limit was written by a fast clock, and is over as well (R34, R36).
- A drain that does not end is given up by the holder (R34): the region that should get the lease may be
  lost, and nothing else would make the old one serve again. Only while the writer is still here.
- A first epoch that never served is not taken over (R45): nothing was ever acknowledged, so there is
  nothing to rescue, and a forced promotion would break a healthy pair because of a slow start.
- A failover that did not serve before its lease expired is taken back (R47) by the region that it left, when
  that one is fit and still has the writer. It needs nobody's leave: requests go back to where they were. If
  Aurora says that the writer is elsewhere or on its way, the takeover there ends before it changes anything.
- A holder whose own ledger takes another epoch, or none (R37), can settle nothing: it calls a person at once,
  and its lease is left to expire like that of any unfit holder.
- An expiry further away than a term and what clocks may differ by proves that a clock is wrong (R32, R41).
  Nobody acknowledges by it; a person is called; and it is taken over once it stood still for longer than its
  term, which needs no clock that can be set.
- An expired lease that was renewed a moment ago did not expire: this clock is fast (R44). So a challenger
  also wants the renewal unchanged for as long as its holder may acknowledge by it.
- A ledger with a fence had a lease once: without one it was removed (R22), and a first epoch would not pass.
- An unfit holder lets its lease expire (R38) instead of giving it back: one bad probe costs one renewal
  of three, and only a lasting failure costs the lease.
- A holder that is fit by all it knows and yet not ready (R31) renews: an expired lease makes it unready, and
  only renewing mends that. If it lasts, a person is called.
- Whatever can last while nobody serves calls a person after a while (`PATIENCE_MS`), whatever else it does.
"""

from dataclasses import dataclass

from failover.lease import Automation, Lease, LeaseState
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
from failover.rules import PATIENCE_MS, Action, Decision, Rule

__all__ = ["PATIENCE_MS", "Action", "Decision", "Policy", "Rule", "decide"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How long things may take, in milliseconds."""

    ttl_ms: int
    skew_ms: int
    transition_limit_ms: int
    """The longest TAKING or DRAINING that is still renewed."""

    @property
    def drain_limit_ms(self) -> int:
        """The longest DRAINING while the writer is still where it was.

        Draining takes seconds: a tenth of what a whole transition may take is an outage that nobody ends.
        """
        return self.transition_limit_ms // 10

    @property
    def silence_ms(self) -> int:
        """So long after a renewal its holder acknowledges, by whatever clock: the skew stays in hand."""
        return self.ttl_ms - self.skew_ms

    @property
    def doubted_silence_ms(self) -> int:
        """The same where the expiry says nothing: all that a holder's clock may be set back comes on top."""
        return self.ttl_ms + 2 * self.skew_ms


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
    if isinstance(seen.fence, int):
        reason = f"no lease, but the ledger takes epoch {seen.fence}: the lease was removed"
        return Decision(Action.PAGE, Rule.LEASE_REMOVED, reason)
    if seen.database is DatabaseFact.WRITER and seen.api is ApiFact.LIVE:
        return Decision(Action.TAKE_FIRST, Rule.FIRST_LEASE, "no lease yet and the writer is here")
    return Decision(Action.WATCH, Rule.NO_LEASE, f"no lease yet; {_facts(seen)}")


def _as_holder(seen: Observation, lease: Lease, policy: Policy) -> Decision:
    if not _believed(seen, lease, policy):
        reason = f"the own lease ends in {lease.expires_at_ms - seen.now_ms} ms: a clock is wrong"
        return Decision(Action.PAGE, Rule.OWN_EXPIRY_DOUBTED, reason)
    if lease.state is LeaseState.ACTIVE:
        return _active(seen, lease)
    age_ms = abs(seen.now_ms - lease.changed_at_ms)
    draining = lease.state is LeaseState.DRAINING
    fit = seen.database is DatabaseFact.WRITER and seen.api is ApiFact.LIVE
    if draining and fit and age_ms > policy.drain_limit_ms:
        return Decision(Action.STAY, Rule.DRAIN_GIVEN_UP, f"draining for {age_ms} ms, and the writer is here")
    if age_ms > policy.transition_limit_ms:
        return Decision(Action.PAGE, Rule.STUCK, f"{lease.state} for {age_ms} ms")
    if draining:
        return Decision(Action.RENEW, Rule.DRAINING, "a planned switchover is under way")
    return _taking(seen.takeover)


def _active(seen: Observation, lease: Lease) -> Decision:
    if seen.database is DatabaseFact.FENCED:
        takes = "has no fence" if seen.fence is FenceFact.ABSENT else f"takes epoch {seen.fence}"
        return Decision(Action.PAGE, Rule.FENCED, f"the ledger {takes}, the lease is of epoch {lease.epoch}")
    if not _serves(seen, {DatabaseFact.WRITER}):
        return Decision(Action.HOLD, Rule.HOLDER_UNFIT, f"{_facts(seen)}: the lease is left to expire")
    if seen.ready is not ReadyFact.READY:
        return Decision(Action.RENEW, Rule.NOT_READY, f"holder and fit, but the API is {seen.ready}")
    return Decision(Action.RENEW, Rule.HOLDER_FIT, "holder, writer, live and ready")


def _taking(takeover: TakeoverFact) -> Decision:
    if takeover is TakeoverFact.FAILED:
        return Decision(Action.PAGE, Rule.STUCK, "the takeover failed")
    if takeover is TakeoverFact.SUCCEEDED:
        # For a moment that is so whenever a takeover ends; it lasts when the lease came out of a backup.
        reason = "the takeover of this epoch ended, and the lease is still TAKING"
        return Decision(Action.CONTINUE, Rule.TAKEN_BEFORE, reason)
    rule = Rule.TAKING if takeover is TakeoverFact.RUNNING else Rule.NOT_STARTED
    return Decision(Action.CONTINUE, rule, f"takeover {takeover}")


def _as_challenger(seen: Observation, lease: Lease, policy: Policy) -> Decision:
    if not _believed(seen, lease, policy):
        if seen.unchanged_ms < policy.doubted_silence_ms:
            left_ms = lease.expires_at_ms - seen.now_ms
            reason = f"the lease of {lease.holder} ends in {left_ms} ms: a clock is wrong"
            return Decision(Action.PAGE, Rule.EXPIRY_DOUBTED, reason)
        return _taken(seen, lease, f"the lease of {lease.holder} ends too late and is renewed no more")
    if not lease.expired(now_ms=seen.now_ms, skew_ms=policy.skew_ms):
        if lease.handover and lease.handover.to == seen.region:
            return _awaiting(lease, seen.takeover)
        return Decision(Action.WATCH, Rule.HOLDER_ELSEWHERE, f"{lease.holder} holds the lease")
    if seen.unchanged_ms < policy.silence_ms:
        reason = (
            f"the lease of {lease.holder} expired, but this renewal is known for {seen.unchanged_ms} ms only"
        )
        return Decision(Action.WATCH, Rule.RENEWED_LATELY, reason)
    return _taken(seen, lease, f"the lease of {lease.holder} expired")


def _awaiting(lease: Lease, takeover: TakeoverFact) -> Decision:
    """What the region does that a lease is drained for."""
    if takeover is TakeoverFact.FAILED:
        return Decision(Action.PAGE, Rule.HANDOVER_FAILED, f"{lease.holder} drains for nothing")
    if takeover is TakeoverFact.SUCCEEDED:
        reason = f"the takeover that {lease.holder} drains for has ended"
        return Decision(Action.WATCH, Rule.TAKEN_BEFORE, reason)
    return Decision(Action.WATCH, Rule.HOLDER_ELSEWHERE, f"{lease.holder} holds the lease")


def _taken(seen: Observation, lease: Lease, why: str) -> Decision:
    """What a region does with a lease that its holder lost."""
    if lease.never_served:
        return Decision(Action.PAGE, Rule.NEVER_SERVED, f"the first takeover, in {lease.holder}, did not end")
    if lease.abandoned_by(seen.region) and _serves(seen, {DatabaseFact.WRITER}):
        return Decision(Action.TAKE_BACK, Rule.TAKEN_BACK, f"the failover to {lease.holder} did not serve")
    if lease.automation is Automation.PAUSED:
        return Decision(Action.PAGE, Rule.PAUSED, f"{why}, but automation is paused")
    if not _serves(seen, {DatabaseFact.WRITER, DatabaseFact.REPLICA}):
        return Decision(Action.PAGE, Rule.UNFIT_HERE, f"{why}; {_facts(seen)}")
    return Decision(Action.TAKE_OVER, Rule.CLEAR, why)


def _believed(seen: Observation, lease: Lease, policy: Policy) -> bool:
    return lease.believed(now_ms=seen.seen_at_ms, ttl_ms=policy.ttl_ms, skew_ms=policy.skew_ms)


def _serves(seen: Observation, databases: set[DatabaseFact]) -> bool:
    """Whether all that a request needs answers here."""
    answers = seen.api is ApiFact.LIVE and seen.journal is JournalFact.ANSWERS
    return answers and seen.database in databases


def _facts(seen: Observation) -> str:
    return f"database {seen.database}, API {seen.api}, journal {seen.journal}"
