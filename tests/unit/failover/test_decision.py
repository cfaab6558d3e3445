from dataclasses import replace
from itertools import product

import pytest

from failover.decision import PATIENCE_MS, Action, Decision, Rule, decide
from failover.lease import Automation, Kind, Lease, LeaseState
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

from .scene import EAST, LEASE, LIMIT, NOW, POLICY, SKEW, TTL, WEST
from .situations import (
    ABANDONED,
    DISASTER,
    DRAINING,
    GIVE_UP,
    HANDOVER,
    HOLDER,
    LEAVING,
    NEVER,
    NEW,
    SUCCESSOR,
    TAKING,
)

DOUBTED = TTL + 2 * SKEW
FAR = replace(DISASTER, lease=replace(LEASE, expires_at_ms=NOW + 86_400_000), unchanged_ms=DOUBTED)
"""The holder is gone, and its lease ends tomorrow."""


def lease(base: Observation, **changes: object) -> dict[str, object]:
    return {"lease": replace(base.lease, **changes)}


@pytest.mark.parametrize(
    ("baseline", "change", "action", "rule"),
    [
        # a lease that cannot be read
        (DISASTER, {"lease": LeaseFact.UNKNOWN}, Action.HOLD, Rule.LEASE_UNKNOWN),
        (HOLDER, {"lease": LeaseFact.UNKNOWN}, Action.HOLD, Rule.LEASE_UNKNOWN),
        # no lease yet
        (NEW, {}, Action.TAKE_FIRST, Rule.FIRST_LEASE),
        (NEW, {"database": DatabaseFact.REPLICA}, Action.WATCH, Rule.NO_LEASE),
        (NEW, {"database": DatabaseFact.UNREACHABLE}, Action.WATCH, Rule.NO_LEASE),
        (NEW, {"database": DatabaseFact.UNKNOWN}, Action.WATCH, Rule.NO_LEASE),
        (NEW, {"api": ApiFact.DEAD}, Action.WATCH, Rule.NO_LEASE),
        (NEW, {"api": ApiFact.UNKNOWN}, Action.WATCH, Rule.NO_LEASE),
        # a lease that was there before
        (NEW, {"fence": 3}, Action.PAGE, Rule.LEASE_REMOVED),
        (NEW, {"fence": 3, "api": ApiFact.DEAD}, Action.PAGE, Rule.LEASE_REMOVED),
        (NEW, {"fence": FenceFact.ABSENT}, Action.TAKE_FIRST, Rule.FIRST_LEASE),
        # an expiry that no right clock wrote
        (HOLDER, lease(HOLDER, expires_at_ms=NOW + DOUBTED), Action.RENEW, Rule.HOLDER_FIT),
        (HOLDER, lease(HOLDER, expires_at_ms=NOW + DOUBTED + 1), Action.PAGE, Rule.OWN_EXPIRY_DOUBTED),
        (TAKING, lease(TAKING, expires_at_ms=NOW + DOUBTED + 1), Action.PAGE, Rule.OWN_EXPIRY_DOUBTED),
        (DISASTER, lease(DISASTER, expires_at_ms=NOW + DOUBTED), Action.WATCH, Rule.HOLDER_ELSEWHERE),
        (FAR, {}, Action.TAKE_OVER, Rule.CLEAR),
        (FAR, {"seen_at_ms": FAR.lease.expires_at_ms - DOUBTED}, Action.WATCH, Rule.HOLDER_ELSEWHERE),
        (FAR, {"unchanged_ms": DOUBTED - 1}, Action.PAGE, Rule.EXPIRY_DOUBTED),
        (FAR, lease(FAR, automation=Automation.PAUSED), Action.PAGE, Rule.PAUSED),
        (FAR, {"database": DatabaseFact.UNREACHABLE}, Action.PAGE, Rule.UNFIT_HERE),
        # an expiry that this clock alone has passed
        (DISASTER, {"unchanged_ms": TTL - SKEW}, Action.TAKE_OVER, Rule.CLEAR),
        (DISASTER, {"unchanged_ms": TTL - SKEW - 1}, Action.WATCH, Rule.RENEWED_LATELY),
        # the active holder
        (HOLDER, {"ready": ReadyFact.REFUSING}, Action.RENEW, Rule.NOT_READY),
        (HOLDER, {"ready": ReadyFact.UNKNOWN}, Action.RENEW, Rule.NOT_READY),
        (HOLDER, {"journal": JournalFact.SILENT}, Action.HOLD, Rule.HOLDER_UNFIT),
        (HOLDER, {"journal": JournalFact.UNKNOWN}, Action.HOLD, Rule.HOLDER_UNFIT),
        (DRAINING, {"journal": JournalFact.SILENT}, Action.RENEW, Rule.DRAINING),
        (HOLDER, {}, Action.RENEW, Rule.HOLDER_FIT),
        (HOLDER, lease(HOLDER, expires_at_ms=NOW - 600_000), Action.RENEW, Rule.HOLDER_FIT),
        (HOLDER, lease(HOLDER, automation=Automation.PAUSED), Action.RENEW, Rule.HOLDER_FIT),
        (HOLDER, lease(HOLDER, changed_at_ms=0), Action.RENEW, Rule.HOLDER_FIT),
        (HOLDER, {"database": DatabaseFact.REPLICA}, Action.HOLD, Rule.HOLDER_UNFIT),
        (HOLDER, {"database": DatabaseFact.UNREACHABLE}, Action.HOLD, Rule.HOLDER_UNFIT),
        (HOLDER, {"database": DatabaseFact.UNKNOWN}, Action.HOLD, Rule.HOLDER_UNFIT),
        (HOLDER, {"database": DatabaseFact.FENCED}, Action.PAGE, Rule.FENCED),
        (HOLDER, {"database": DatabaseFact.FENCED, "api": ApiFact.DEAD}, Action.PAGE, Rule.FENCED),
        (DRAINING, {"database": DatabaseFact.FENCED}, Action.RENEW, Rule.DRAINING),
        (HOLDER, {"api": ApiFact.DEAD}, Action.HOLD, Rule.HOLDER_UNFIT),
        (HOLDER, {"api": ApiFact.UNKNOWN}, Action.HOLD, Rule.HOLDER_UNFIT),
        # a takeover or a switchover that is under way
        (TAKING, {}, Action.CONTINUE, Rule.TAKING),
        (TAKING, {"takeover": TakeoverFact.ABSENT}, Action.CONTINUE, Rule.NOT_STARTED),
        (TAKING, {"takeover": TakeoverFact.UNKNOWN}, Action.CONTINUE, Rule.NOT_STARTED),
        (TAKING, {"takeover": TakeoverFact.SUCCEEDED}, Action.CONTINUE, Rule.TAKEN_BEFORE),
        (TAKING, {"takeover": TakeoverFact.FAILED}, Action.PAGE, Rule.STUCK),
        (TAKING, {"database": DatabaseFact.UNREACHABLE}, Action.CONTINUE, Rule.TAKING),
        (TAKING, {"api": ApiFact.DEAD}, Action.CONTINUE, Rule.TAKING),
        (TAKING, lease(TAKING, changed_at_ms=NOW - LIMIT), Action.CONTINUE, Rule.TAKING),
        (TAKING, lease(TAKING, changed_at_ms=NOW - LIMIT - 1), Action.PAGE, Rule.STUCK),
        (DRAINING, {}, Action.RENEW, Rule.DRAINING),
        (DRAINING, lease(DRAINING, changed_at_ms=NOW - GIVE_UP), Action.RENEW, Rule.DRAINING),
        (DRAINING, lease(DRAINING, changed_at_ms=NOW - GIVE_UP - 1), Action.STAY, Rule.DRAIN_GIVEN_UP),
        # what a fast clock wrote began in the future
        (TAKING, lease(TAKING, changed_at_ms=NOW + LIMIT), Action.CONTINUE, Rule.TAKING),
        (TAKING, lease(TAKING, changed_at_ms=NOW + LIMIT + 1), Action.PAGE, Rule.STUCK),
        (DRAINING, lease(DRAINING, changed_at_ms=NOW + GIVE_UP), Action.RENEW, Rule.DRAINING),
        (DRAINING, lease(DRAINING, changed_at_ms=NOW + GIVE_UP + 1), Action.STAY, Rule.DRAIN_GIVEN_UP),
        (LEAVING, {}, Action.RENEW, Rule.DRAINING),
        (LEAVING, lease(LEAVING, changed_at_ms=NOW - LIMIT), Action.RENEW, Rule.DRAINING),
        (LEAVING, lease(LEAVING, changed_at_ms=NOW - LIMIT - 1), Action.PAGE, Rule.STUCK),
        # the other region drains for this one
        (SUCCESSOR, {}, Action.WATCH, Rule.HOLDER_ELSEWHERE),
        (SUCCESSOR, {"takeover": TakeoverFact.FAILED}, Action.PAGE, Rule.HANDOVER_FAILED),
        (SUCCESSOR, {"takeover": TakeoverFact.SUCCEEDED}, Action.WATCH, Rule.TAKEN_BEFORE),
        (
            SUCCESSOR,
            {"takeover": TakeoverFact.FAILED, "region": "eu-west-1"},
            Action.WATCH,
            Rule.HOLDER_ELSEWHERE,
        ),
        (SUCCESSOR, lease(SUCCESSOR, expires_at_ms=NOW - SKEW - 1), Action.TAKE_OVER, Rule.CLEAR),
        # a first epoch that never served
        (DISASTER, lease(DISASTER, **NEVER), Action.PAGE, Rule.NEVER_SERVED),
        (DISASTER, lease(DISASTER, **NEVER, automation=Automation.PAUSED), Action.PAGE, Rule.NEVER_SERVED),
        (DISASTER, lease(DISASTER, **NEVER, expires_at_ms=NOW), Action.WATCH, Rule.HOLDER_ELSEWHERE),
        (DISASTER, lease(DISASTER, **NEVER | {"state": LeaseState.ACTIVE}), Action.TAKE_OVER, Rule.CLEAR),
        # a failover away from here that did not serve
        (ABANDONED, {}, Action.TAKE_BACK, Rule.TAKEN_BACK),
        (ABANDONED, lease(ABANDONED, kind=Kind.BOOTSTRAP), Action.TAKE_BACK, Rule.TAKEN_BACK),
        (
            ABANDONED,
            lease(ABANDONED, automation=Automation.RUNNING),
            Action.TAKE_BACK,
            Rule.TAKEN_BACK,
        ),
        (ABANDONED, lease(ABANDONED, expires_at_ms=NOW - SKEW), Action.WATCH, Rule.HOLDER_ELSEWHERE),
        (ABANDONED, lease(ABANDONED, state=LeaseState.ACTIVE), Action.PAGE, Rule.PAUSED),
        (ABANDONED, lease(ABANDONED, kind=Kind.SWITCHOVER), Action.PAGE, Rule.PAUSED),
        (ABANDONED, lease(ABANDONED, previous_holder=EAST), Action.PAGE, Rule.PAUSED),
        (ABANDONED, {"database": DatabaseFact.REPLICA}, Action.PAGE, Rule.PAUSED),
        (ABANDONED, {"database": DatabaseFact.UNKNOWN}, Action.PAGE, Rule.PAUSED),
        (ABANDONED, {"journal": JournalFact.SILENT}, Action.PAGE, Rule.PAUSED),
        (ABANDONED, {"unchanged_ms": TTL - SKEW - 1}, Action.WATCH, Rule.RENEWED_LATELY),
        (ABANDONED, {"api": ApiFact.DEAD}, Action.PAGE, Rule.PAUSED),
        (ABANDONED, {"api": ApiFact.UNKNOWN}, Action.PAGE, Rule.PAUSED),
        # the other region's lease
        (DISASTER, {}, Action.TAKE_OVER, Rule.CLEAR),
        (DISASTER, {"database": DatabaseFact.WRITER}, Action.TAKE_OVER, Rule.CLEAR),
        (DISASTER, lease(DISASTER, state=LeaseState.DRAINING), Action.TAKE_OVER, Rule.CLEAR),
        (
            DISASTER,
            lease(DISASTER, state=LeaseState.TAKING, previous_holder=WEST),
            Action.TAKE_OVER,
            Rule.CLEAR,
        ),
        (DISASTER, lease(DISASTER, expires_at_ms=NOW), Action.WATCH, Rule.HOLDER_ELSEWHERE),
        (DISASTER, lease(DISASTER, expires_at_ms=NOW - SKEW), Action.WATCH, Rule.HOLDER_ELSEWHERE),
        (DISASTER, lease(DISASTER, automation=Automation.PAUSED), Action.PAGE, Rule.PAUSED),
        (DISASTER, {"database": DatabaseFact.UNREACHABLE}, Action.PAGE, Rule.UNFIT_HERE),
        (DISASTER, {"database": DatabaseFact.UNKNOWN}, Action.PAGE, Rule.UNFIT_HERE),
        (DISASTER, {"journal": JournalFact.SILENT}, Action.PAGE, Rule.UNFIT_HERE),
        (DISASTER, {"api": ApiFact.DEAD}, Action.PAGE, Rule.UNFIT_HERE),
        (DISASTER, {"api": ApiFact.UNKNOWN}, Action.PAGE, Rule.UNFIT_HERE),
    ],
)
def test_one_change_to_a_situation(baseline, change, action, rule):
    decision = decide(replace(baseline, **change), POLICY)
    assert (decision.action, decision.rule) == (action, rule)


@pytest.mark.parametrize(("rule", "patience_ms"), PATIENCE_MS.items())
def test_a_rule_that_lasts_calls_a_person_and_changes_nothing_else(rule, patience_ms):
    decision = Decision(Action.WATCH, rule, "")
    assert not decision.after(patience_ms - 1).calls
    assert decision.after(patience_ms).calls
    assert replace(decision.after(patience_ms), lasts=False) == decision


def test_whatever_may_last_while_nobody_serves_calls_a_person():
    """The rest is how it should be, or has a limit of its own after which R36 calls."""
    endless = {Rule.HOLDER_FIT, Rule.HOLDER_ELSEWHERE}
    limited = {Rule.TAKEN_BACK, Rule.DRAINING, Rule.TAKING, Rule.DRAIN_GIVEN_UP, Rule.FIRST_LEASE, Rule.CLEAR}
    calls = {decision.rule for decision in (decide(seen, POLICY) for seen in EVERYTHING) if decision.calls}
    assert set(Rule) == endless | limited | calls | set(PATIENCE_MS)
    assert not (endless | limited) & (calls | set(PATIENCE_MS))


def test_a_rule_that_calls_at_once_needs_no_patience():
    assert Decision(Action.PAGE, Rule.STUCK, "").after(0).calls
    assert not Decision(Action.RENEW, Rule.HOLDER_FIT, "").after(3_600_000).calls


LEASES = [
    replace(
        LEASE,
        holder=holder,
        state=state,
        expires_at_ms=NOW + left,
        automation=automation,
        changed_at_ms=NOW - age,
        previous_holder=previous,
        handover=HANDOVER if state is LeaseState.DRAINING else None,
    )
    for holder, state, left, automation, age, previous in product(
        (EAST, WEST),
        LeaseState,
        (-SKEW - 1, -SKEW, 0, SKEW, 30_000, DOUBTED + 1),
        Automation,
        (0, POLICY.drain_limit_ms + 1, LIMIT, LIMIT + 1),
        (EAST, WEST, None),
    )
]
EVERYTHING = [
    replace(
        DISASTER,
        lease=seen,
        unchanged_ms=unchanged,
        database=database,
        journal=journal,
        api=api,
        takeover=takeover,
    )
    for seen, unchanged, database, journal, api, takeover in product(
        (*LeaseFact, *LEASES),
        (TTL - SKEW - 1, TTL - SKEW, DOUBTED),
        DatabaseFact,
        (JournalFact.ANSWERS, JournalFact.SILENT),
        ApiFact,
        (TakeoverFact.UNKNOWN, TakeoverFact.RUNNING, TakeoverFact.FAILED, TakeoverFact.SUCCEEDED),
    )
]
EVERYTHING += [replace(NEW, fence=7)]
EVERYTHING += [replace(seen, ready=ReadyFact.REFUSING) for seen in (HOLDER, DRAINING)]


def test_nothing_is_ever_taken_but_under_all_conditions_and_then_always():
    for seen in EVERYTHING:
        safe = (
            isinstance(seen.lease, Lease)
            and seen.lease.holder != seen.region
            and lost_by_its_holder(seen)
            and seen.lease.automation is Automation.RUNNING
            and (seen.lease.previous_holder is not None or seen.lease.state is not LeaseState.TAKING)
            and seen.database in {DatabaseFact.WRITER, DatabaseFact.REPLICA}
            and seen.api is ApiFact.LIVE
            and seen.journal is JournalFact.ANSWERS
            and not taken_back(seen)
        )
        assert (decide(seen, POLICY).action is Action.TAKE_OVER) is safe, seen


def lost_by_its_holder(seen):
    left_ms = seen.lease.expires_at_ms - NOW
    return (
        seen.unchanged_ms >= (DOUBTED if left_ms > DOUBTED else TTL - SKEW)
        and not -SKEW <= left_ms <= DOUBTED
    )


def taken_back(seen):
    return (
        isinstance(seen.lease, Lease)
        and (seen.lease.holder, seen.lease.previous_holder) == (EAST, seen.region)
        and lost_by_its_holder(seen)
        and seen.lease.state is LeaseState.TAKING
        and (seen.database, seen.api) == (DatabaseFact.WRITER, ApiFact.LIVE)
        and seen.journal is JournalFact.ANSWERS
    )


def test_a_failover_that_did_not_serve_is_taken_back_only_by_a_fit_old_holder_and_then_always():
    for seen in EVERYTHING:
        assert (decide(seen, POLICY).action is Action.TAKE_BACK) is taken_back(seen), seen


def test_the_first_lease_is_taken_only_where_the_writer_is():
    for seen in EVERYTHING:
        safe = (
            seen.lease is LeaseFact.ABSENT
            and seen.fence is FenceFact.UNKNOWN
            and seen.database is DatabaseFact.WRITER
            and seen.api is ApiFact.LIVE
        )
        assert (decide(seen, POLICY).action is Action.TAKE_FIRST) is safe, seen


def test_only_an_own_lease_is_renewed_and_an_active_one_only_when_fit():
    for seen in EVERYTHING:
        if decide(seen, POLICY).action in {Action.RENEW, Action.CONTINUE}:
            assert isinstance(seen.lease, Lease), seen
            assert seen.lease.holder == seen.region, seen
            if seen.lease.state is LeaseState.ACTIVE:
                assert (seen.database, seen.api) == (DatabaseFact.WRITER, ApiFact.LIVE), seen
            else:
                assert seen.now_ms - seen.lease.changed_at_ms <= LIMIT, seen


def test_a_drain_is_given_up_only_by_its_holder_with_the_writer_still_there():
    for seen in EVERYTHING:
        safe = (
            isinstance(seen.lease, Lease)
            and seen.lease.held_by(seen.region)
            and seen.lease.state is LeaseState.DRAINING
            and seen.lease.expires_at_ms <= NOW + DOUBTED
            and seen.now_ms - seen.lease.changed_at_ms > POLICY.drain_limit_ms
            and (seen.database, seen.api) == (DatabaseFact.WRITER, ApiFact.LIVE)
        )
        assert (decide(seen, POLICY).action is Action.STAY) is safe, seen


def test_every_rule_has_its_own_code_and_is_reachable():
    assert {decide(seen, POLICY).rule for seen in EVERYTHING} == set(Rule)
    codes = [rule.split("_")[0] for rule in Rule]
    assert codes == sorted(set(codes))
