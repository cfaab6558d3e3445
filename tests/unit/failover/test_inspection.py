"""What a region tells about itself before a switchover to it."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from durable.entry import EntryState
from durable.errors import JournalUnavailable
from durable.journal_gap import OVERDUE_MS
from failover.lease_table import LeaseUnknown
from failover.loss import Approval
from failover.ports import JournalGap
from failover.region_api import ApiUnavailable
from failover.steps.inspection import inspect, journal_gap
from payments import functions
from runtime.parameters import ParameterUnavailable

from .faults import fails
from .scene import EAST, LEASE, NOW, WEST
from .switchover import Well
from .west import POLICY, entry


@pytest.fixture
def west() -> Well:
    return Well()


def test_gap_is_taken_in_batches_and_tells_lag_from_loss(context, west, clock):
    old = {f"old-{n}": entry(f"old-{n}") for n in range(250)}
    clock.now += OVERDUE_MS + 1
    fresh = {"fresh": replace(entry("fresh"), accepted_at_ms=clock.now)}
    waiting = {"waiting": entry("waiting", EntryState.INTENT)}
    under_way = {"under-way": replace(entry("under-way", EntryState.INTENT), accepted_at_ms=clock.now)}
    west.journalled, west.rows = old | fresh | waiting | under_way, dict.fromkeys(list(old)[:200])
    gap = journal_gap(context, context.leases.read())
    assert (gap.compared, gap.intents, gap.missing, gap.overdue) == (253, 1, 51, 50)


def test_gap_is_taken_since_the_watermark_and_of_what_the_copy_lacks(context, west, clock):
    clock.now += OVERDUE_MS + 1
    asked = []
    settled = west.settled
    west.settled = lambda keys: asked.extend(keys) or settled(keys)
    west.journalled["key-1"] = entry("key-1", EntryState.INTENT)
    west.journalled["old"] = replace(entry("old"), accepted_at_ms=NOW - 1)
    west.arrived = [entry(key) for key in ("key-1", "key-2", "key-3", "key-2")]
    west.rows = {"key-1": (7, EAST)}
    assert journal_gap(context, context.leases.read()) == JournalGap(
        compared=3, intents=1, missing=1, overdue=1
    )
    assert asked == ["key-2", "key-3"]


def test_an_inspection_tells_facts_and_changes_nothing(context, west):
    assert inspect(context) == {
        "region": WEST,
        "clock_ms": NOW,
        "database": "replica",
        "engine": "16.11",
        "api": "live",
        "gap": {"compared": 3, "intents": 0, "missing": 0, "overdue": 0, "set_aside": (), "fence": 7},
        "why": None,
        "loss": {
            "done": True,
            "rule": "L20_journal_complete",
            "reason": "1 requests are replayed, none is lost",
            "figures": {
                "journal": "complete",
                "replicated_until_ms": NOW,
                "lag_ms": 0,
                "requests": 1,
                "money": {"EUR": 5},
            },
        },
    }
    assert context.leases.read() == LEASE


def test_what_an_inspection_cannot_read_is_null_with_a_reason(context, west):
    west.entries = fails(JournalUnavailable("journal down"))
    west.live = fails(ApiUnavailable("refused"))
    assert inspect(context) == {
        "region": WEST,
        "clock_ms": NOW,
        "database": "replica",
        "engine": "16.11",
        "api": "dead",
        "gap": None,
        "why": "journal down",
        "loss": None,
    }


def test_without_a_readable_lease_a_region_still_tells_its_gap_and_what_a_failover_would_lose(context, west):
    context = replace(context, leases=SimpleNamespace(read=fails(LeaseUnknown("no valid lease"))))
    facts = inspect(context)
    assert (facts["gap"]["compared"], facts["why"], facts["loss"]["done"]) == (3, None, True)


def test_a_database_that_does_not_answer_has_no_engine_version(context, west):
    west.reachable = False
    assert inspect(context)["engine"] is None


def test_an_inspection_tells_what_a_failover_would_lose_while_nobody_approves(context, west):
    west.published["approvals/policy"] = json.dumps(POLICY | {"journal_trusted": False})
    west.approved = [Approval(approver=each, digest="", approved_at_ms=NOW) for each in ("AIDAA", "AIDAB")]
    loss = inspect(context)["loss"]
    assert (loss["done"], loss["rule"], loss["figures"]["journal"]) == (
        False,
        "L50_over_budget",
        "untrusted",
    )
    west.published["approvals/policy"] = json.dumps(
        POLICY | {"journal_trusted": False, "requests": 1, "money": {"EUR": 5}}
    )
    assert inspect(context)["loss"]["reason"] == "1 requests may be lost"


@pytest.mark.parametrize("error", [ParameterUnavailable("SSM away"), ValueError("no policy")])
def test_a_policy_that_cannot_be_read_leaves_only_the_loss_unknown(context, error):
    facts = inspect(replace(context, policy=fails(error)))
    assert (facts["gap"]["compared"], facts["why"], facts["loss"]) == (3, None, None)


@pytest.mark.parametrize(("later", "overdue", "intents"), [(0, 0, 0), (1, 1, 1)])
def test_a_payment_is_overdue_after_its_time_and_not_at_it(*, context, west, clock, later, overdue, intents):
    clock.now = NOW + OVERDUE_MS + later
    west.rows = {"key-1": (7, EAST)}
    assert journal_gap(context, context.leases.read()) == JournalGap(
        compared=3, intents=intents, missing=1, overdue=overdue
    )


def test_the_function_inspects_without_a_takeover(context, monkeypatch):
    monkeypatch.setattr(functions, "step_context", lambda: context)
    assert functions.step({"step": "inspect"}, None)["region"] == WEST
