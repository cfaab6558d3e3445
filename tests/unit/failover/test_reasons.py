"""What a person who is paged, or reads the log later, is told about a decision."""

from dataclasses import replace

import pytest

from failover.decision import DRAIN_LIMIT_MS, Action, Decision, Rule, decide
from failover.lease import Automation
from failover.observation import ApiFact, DatabaseFact, LeaseFact, TakeoverFact

from .scene import LIMIT, NOW, POLICY
from .situations import DISASTER, DRAINING, HOLDER, LEAVING, NEVER, NEW, SUCCESSOR, TAKING

AGED = {"changed_at_ms": NOW - LIMIT - 1}
GIVEN_UP = {"changed_at_ms": NOW - DRAIN_LIMIT_MS - 1}


@pytest.mark.parametrize(
    ("baseline", "change", "lease", "told"),
    [
        (
            DISASTER,
            {"lease": LeaseFact.UNKNOWN},
            {},
            (Action.HOLD, Rule.LEASE_UNKNOWN, "the lease cannot be read"),
        ),
        (NEW, {}, {}, (Action.TAKE_FIRST, Rule.FIRST_LEASE, "no lease yet and the writer is here")),
        (
            NEW,
            {"database": DatabaseFact.REPLICA},
            {},
            (Action.WATCH, Rule.NO_LEASE, "no lease yet; database replica, API live"),
        ),
        (HOLDER, {}, {}, (Action.RENEW, Rule.HOLDER_FIT, "holder, writer and live")),
        (
            HOLDER,
            {"database": DatabaseFact.FENCED},
            {},
            (Action.PAGE, Rule.FENCED, "the ledger does not take epoch 7"),
        ),
        (
            HOLDER,
            {"api": ApiFact.DEAD},
            {},
            (Action.HOLD, Rule.HOLDER_UNFIT, "database writer, API dead: the lease is left to expire"),
        ),
        (TAKING, {}, {}, (Action.CONTINUE, Rule.TAKING, "takeover running")),
        (
            TAKING,
            {"takeover": TakeoverFact.FAILED},
            {},
            (Action.PAGE, Rule.STUCK, "the takeover failed"),
        ),
        (TAKING, {}, AGED, (Action.PAGE, Rule.STUCK, "TAKING for 1800001 ms")),
        (LEAVING, {}, AGED, (Action.PAGE, Rule.STUCK, "DRAINING for 1800001 ms")),
        (DRAINING, {}, {}, (Action.RENEW, Rule.DRAINING, "a planned switchover is under way")),
        (
            DRAINING,
            {},
            GIVEN_UP,
            (Action.STAY, Rule.DRAIN_GIVEN_UP, "draining for 180001 ms, and the writer is here"),
        ),
        (SUCCESSOR, {}, {}, (Action.WATCH, Rule.HOLDER_ELSEWHERE, "us-east-1 holds the lease")),
        (
            SUCCESSOR,
            {"takeover": TakeoverFact.FAILED},
            {},
            (Action.PAGE, Rule.HANDOVER_FAILED, "us-east-1 drains for nothing"),
        ),
        (
            DISASTER,
            {},
            NEVER,
            (Action.PAGE, Rule.NEVER_SERVED, "the first takeover, in us-east-1, did not end"),
        ),
        (
            DISASTER,
            {},
            {"automation": Automation.PAUSED},
            (Action.PAGE, Rule.PAUSED, "the lease of us-east-1 expired, but automation is paused"),
        ),
        (
            DISASTER,
            {"database": DatabaseFact.UNREACHABLE},
            {},
            (
                Action.PAGE,
                Rule.UNFIT_HERE,
                "the lease of us-east-1 expired; database unreachable, API live",
            ),
        ),
        (DISASTER, {}, {}, (Action.TAKE_OVER, Rule.CLEAR, "the lease of us-east-1 expired")),
    ],
)
def test_a_decision_says_what_was_seen_in_words(baseline, change, lease, told):
    seen = replace(baseline, **change)
    if lease:
        seen = replace(seen, lease=replace(seen.lease, **lease))
    assert decide(seen, POLICY) == Decision(*told)
