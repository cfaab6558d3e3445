"""B10: the step that counts what would be lost, asks, and waits; and the table of approvals."""

import json
from dataclasses import replace

import pytest

from durable.errors import JournalUnavailable
from failover.approvals import ApprovalsUnavailable
from failover.lease import Handover, Kind
from failover.loss import Approval
from failover.steps import perform
from failover.steps.errors import NotYet
from failover.takeover import Takeover

from .faults import fails
from .scene import EAST, LEASE, NOW, WEST
from .west import POLICY, TAKEN, TAKEOVER, entry


@pytest.fixture
def untrusted(west):
    west.published["approvals/policy"] = json.dumps(POLICY | {"journal_trusted": False})
    return west


def test_B10_over_the_budget_the_takeover_asks_and_waits(context, untrusted, logged):
    told = perform("approve", TAKEOVER, context)
    assert (told["done"], told["rule"]) == (False, "L50_over_budget")
    asked = json.loads(untrusted.request.text)
    assert asked == {key: told[key] for key in ("system", "epoch", "plan", "region", "figures")}
    assert asked["figures"] == {
        "journal": "untrusted",
        "replicated_until_ms": NOW,
        "lag_ms": 0,
        "requests": 2,
        "money": {"EUR": 10},
    }
    facts = {key: value for key, value in told.items() if key != "done"}
    assert logged[0] == ("error", "data loss", facts)
    assert untrusted.request.asked_at_ms == NOW


def approve(west, *approvers):
    west.approved = [
        Approval(approver=each, digest=west.request.digest, approved_at_ms=NOW) for each in approvers
    ]


def test_B10_with_two_approvals_it_goes_on_and_with_new_figures_it_asks_again(context, untrusted):
    perform("approve", TAKEOVER, context)
    approve(untrusted, "AIDAALICE")
    assert perform("approve", TAKEOVER, context)["done"] is False
    approve(untrusted, "AIDAALICE", "AIDABOB")
    assert perform("approve", TAKEOVER, context)["rule"] == "L40_approved"
    untrusted.journalled["key-4"] = entry("key-4")
    assert perform("approve", TAKEOVER, context)["rule"] == "L50_over_budget"


def test_B10_an_approval_is_not_taken_over_into_another_epoch(context, untrusted, put):
    perform("approve", TAKEOVER, context)
    approve(untrusted, "AIDAALICE", "AIDABOB")
    later = Takeover.of(put(replace(TAKEN, epoch=10)))
    assert perform("approve", later, context)["done"] is False


def test_B10_within_the_budget_it_goes_on(context, untrusted, logged):
    untrusted.published["approvals/policy"] = json.dumps(
        POLICY | {"journal_trusted": False, "requests": 2, "money": {"EUR": 10}}
    )
    assert perform("approve", TAKEOVER, context)["rule"] == "L30_within_budget"
    assert untrusted.request is None
    assert logged[0][:2] == ("info", "data loss")


def test_B10_without_a_heartbeat_the_lag_is_unknown_which_is_over(context, untrusted):
    untrusted.beat_ms = None
    told = perform("approve", TAKEOVER, context)
    assert (told["done"], told["figures"]["lag_ms"]) == (False, None)


def test_B10_a_journal_that_lacks_what_the_ledger_has_proves_nothing(context, west):
    """It was emptied, or restored to an earlier time: then other requests may be missing in both."""
    del west.journalled["key-1"]
    told = perform("approve", TAKEOVER, context)
    assert (told["done"], told["figures"]["journal"]) == (False, "incomplete")


def test_B10_a_row_that_was_booked_by_hand_makes_no_failover_wait(context, west):
    west.rows["manual-2"] = (7, EAST)
    west.by_hand = {entry("manual-2").entry_id}
    assert "manual-2" in west.newest(1)
    told = perform("approve", TAKEOVER, context)
    assert (told["done"], told["rule"]) == (True, "L20_journal_complete")


def test_B10_a_ledger_with_rows_booked_by_hand_only_proves_nothing(context, west):
    west.rows = {"manual-2": (7, EAST)}
    west.by_hand = {entry("manual-2").entry_id}
    assert perform("approve", TAKEOVER, context)["figures"]["journal"] == "incomplete"


def test_B10_arrivals_that_lack_what_came_since_the_watermark_prove_nothing(context, west):
    """They were emptied, or restored to an earlier time."""
    west.arrived = [entry("key-2")]
    assert perform("approve", TAKEOVER, context)["figures"]["journal"] == "incomplete"
    west.arrived = [entry("key-2"), entry("key-1")]
    assert perform("approve", TAKEOVER, context)["figures"]["journal"] == "complete"


def test_B10_what_came_before_the_watermark_need_not_be_among_the_arrivals(context, west):
    west.journalled["key-1"] = replace(entry("key-1"), accepted_at_ms=NOW - 1)
    west.arrived = [entry("key-2")]
    told = perform("approve", TAKEOVER, context)["figures"]
    assert (told["journal"], told["requests"]) == ("complete", 1)


def test_B10_without_a_watermark_the_whole_journal_is_the_proof(context, west):
    west.minute, west.arrived = None, []
    told = perform("approve", TAKEOVER, context)["figures"]
    assert (told["journal"], told["requests"]) == ("complete", 2)


def test_B10_a_payment_that_came_twice_is_lost_once(context, untrusted):
    untrusted.arrived = [entry(key) for key in ("key-1", "key-2", "key-2")]
    told = perform("approve", TAKEOVER, context)["figures"]
    assert (told["requests"], told["money"]) == (1, {"EUR": 5})


def test_B10_a_journal_that_cannot_be_read_is_an_unknown_loss(context, west):
    west.entries = fails(JournalUnavailable("cut"))
    told = perform("approve", TAKEOVER, context)
    assert (told["done"], told["figures"]["journal"], told["figures"]["requests"]) == (
        False,
        "unreadable",
        None,
    )


def test_nothing_is_asked_where_nothing_is_forced(context, untrusted, put):
    handover = Handover(to=WEST, kind=Kind.SWITCHOVER, attempt=1)
    handed = put(LEASE.draining(handover, now_ms=NOW).handed_over(handover, now_ms=NOW))
    nothing = {"done": True, "rule": "L10_nothing_forced"}
    assert perform("approve", Takeover.of(handed), context) == nothing
    put(TAKEN)
    untrusted.promotion_arrives()
    assert perform("approve", TAKEOVER, context) == nothing
    assert untrusted.request is None


def test_approvals_that_cannot_be_read_are_asked_for_again(context, untrusted):
    untrusted.all = fails(ApprovalsUnavailable("cut"))
    with pytest.raises(NotYet, match="cut"):
        perform("approve", TAKEOVER, context)
