"""activate, verify and record: the region serves, and only then it is written down."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from failover.lease import LeaseState
from failover.lease_table import LeaseLost, LeaseUnknown
from failover.region_api import RegionAnswer
from failover.steps import perform
from failover.steps.errors import Held, NotYet

from .faults import fails
from .scene import EAST, TTL, WEST
from .west import TAKEN, TAKEOVER


@pytest.mark.parametrize(
    ("writer", "fence", "message"),
    [
        (True, 7, "the ledger here does not admit epoch 8"),
        (True, 9, "the ledger here does not admit epoch 8"),
        (False, 8, "read-only"),
    ],
)
def test_a_ledger_that_would_refuse_this_epoch_is_not_activated(*, context, west, writer, fence, message):
    """Found by the model: the writer moved away and back after the fence was raised."""
    west.writer, west.fence = writer, fence
    with pytest.raises(NotYet, match=f"^{message}$"):
        perform("activate", TAKEOVER, context)
    assert context.leases.read().state is LeaseState.TAKING


@pytest.mark.parametrize(("raised", "error"), [(LeaseLost, Held), (LeaseUnknown, NotYet)])
def test_an_activation_that_was_not_seen_is_no_success(context, west, raised, error):
    west.writer, west.fence = True, 8
    leases = SimpleNamespace(read=context.leases.read, activate=fails(raised("gone")))
    with pytest.raises(error, match="gone"):
        perform("activate", TAKEOVER, replace(context, leases=leases))


def test_an_activation_leaves_the_term_alone(context, west, clock):
    west.writer, west.fence = True, 8
    clock.now += 90_000
    perform("activate", TAKEOVER, context)
    lease = context.leases.read()
    assert lease == replace(TAKEN, state=LeaseState.ACTIVE, changed_at_ms=clock.now)
    assert not lease.acknowledges(WEST, now_ms=clock.now, ttl_ms=TTL, skew_ms=0)


def test_the_synthetic_payment_is_one_per_epoch_and_in_the_test_currency(context, west):
    perform("verify", TAKEOVER, context)
    perform("verify", TAKEOVER, context)
    payment = {
        "amount_minor": 1,
        "currency": "XTS",
        "debtor": "synthetic",
        "creditor": "synthetic",
        "reference": "epoch 8",
    }
    assert west.paid == [("synthetic-payments-8", payment)] * 2


@pytest.mark.parametrize(
    "answer",
    [
        RegionAnswer(202, {"x-region": WEST}),
        RegionAnswer(503, {"x-region": WEST}),
        RegionAnswer(201, {"x-region": EAST}),
    ],
)
def test_only_a_settled_payment_in_this_region_verifies(context, west, answer):
    west.answer = answer
    seen = f"synthetic request: {answer.status} from {answer.headers['x-region']}"
    with pytest.raises(NotYet, match=f"^{seen}$"):
        perform("verify", TAKEOVER, context)


def test_a_takeover_that_is_not_active_is_not_recorded_as_done(context):
    with pytest.raises(NotYet, match=r"^the lease is TAKING$"):
        perform("record", TAKEOVER, context)
