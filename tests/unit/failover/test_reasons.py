"""What a person who is paged, or reads the log later, is told about a decision."""

from dataclasses import replace

import pytest

from failover.decision import Action, Decision, Rule, decide
from failover.lease import Automation
from failover.observation import ApiFact, DatabaseFact, FenceFact, LeaseFact, ReadyFact, TakeoverFact

from .scene import LIMIT, NOW, POLICY
from .situations import DISASTER, DRAINING, HOLDER, LEAVING, NEVER, NEW, SUCCESSOR, TAKING

AGED = {"changed_at_ms": NOW - LIMIT - 1}
GIVEN_UP = {"changed_at_ms": NOW - POLICY.drain_limit_ms - 1}


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
            (Action.WATCH, Rule.NO_LEASE, "no lease yet; database replica, API live, journal answers"),
        ),
        (HOLDER, {}, {}, (Action.RENEW, Rule.HOLDER_FIT, "holder, writer, live and ready")),
        (
            HOLDER,
            {"database": DatabaseFact.FENCED, "fence": 8},
            {},
            (Action.PAGE, Rule.FENCED, "the ledger takes epoch 8, the lease is of epoch 7"),
        ),
        (
            HOLDER,
            {"database": DatabaseFact.FENCED, "fence": FenceFact.ABSENT},
            {},
            (Action.PAGE, Rule.FENCED, "the ledger has no fence, the lease is of epoch 7"),
        ),
        (
            HOLDER,
            {"ready": ReadyFact.REFUSING},
            {},
            (Action.RENEW, Rule.NOT_READY, "holder and fit, but the API is refusing"),
        ),
        (
            HOLDER,
            {},
            {"expires_at_ms": NOW + 86_400_000},
            (Action.PAGE, Rule.OWN_EXPIRY_DOUBTED, "the own lease ends in 86400000 ms: a clock is wrong"),
        ),
        (
            DISASTER,
            {"unchanged_ms": 0},
            {"expires_at_ms": NOW + 86_400_000},
            (
                Action.PAGE,
                Rule.EXPIRY_DOUBTED,
                "the lease of us-east-1 ends in 86400000 ms: a clock is wrong",
            ),
        ),
        (
            DISASTER,
            {"unchanged_ms": 40_000},
            {"expires_at_ms": NOW + 86_400_000},
            (
                Action.TAKE_OVER,
                Rule.CLEAR,
                "the lease of us-east-1 ends too late and is renewed no more",
            ),
        ),
        (
            DISASTER,
            {"unchanged_ms": 9_000},
            {},
            (
                Action.WATCH,
                Rule.RENEWED_LATELY,
                "the lease of us-east-1 expired, but this renewal is known for 9000 ms only",
            ),
        ),
        (
            NEW,
            {"fence": 3},
            {},
            (
                Action.PAGE,
                Rule.LEASE_REMOVED,
                "no lease, but the ledger takes epoch 3: the lease was removed",
            ),
        ),
        (
            TAKING,
            {"takeover": TakeoverFact.SUCCEEDED},
            {},
            (
                Action.CONTINUE,
                Rule.TAKEN_BEFORE,
                "the takeover of this epoch ended, and the lease is still TAKING",
            ),
        ),
        (
            HOLDER,
            {"api": ApiFact.DEAD},
            {},
            (
                Action.HOLD,
                Rule.HOLDER_UNFIT,
                "database writer, API dead, journal answers: the lease is left to expire",
            ),
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
                "the lease of us-east-1 expired; database unreachable, API live, journal answers",
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
