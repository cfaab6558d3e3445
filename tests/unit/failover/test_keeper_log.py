"""What a tick of the keeper leaves for those who read about it later."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from failover.lease import Automation
from failover.observation import ApiFact, DatabaseFact, LeaseFact, ReadyFact, TakeoverFact

from .region import Region
from .scene import EAST, LEASE, SKEW, TTL, WEST
from .situations import TAKEN


@pytest.fixture
def region(leases, clock) -> Region:
    return Region(WEST, leases, clock)


def test_a_tick_is_one_line_with_rule_facts_and_outcome(region, put, logged):
    put(LEASE)
    region.keeper.turn()
    assert logged == [
        (
            "info",
            "keeper",
            {
                "action": "watch",
                "rule": "R40_holder_elsewhere",
                "reason": "us-east-1 holds the lease",
                "outcome": "done",
                "region": WEST,
                "database": "replica",
                "journal": "answers",
                "api": "live",
                "ready": "ready",
                "takeover": "unknown",
                "epoch": 7,
                "holder": EAST,
                "state": "ACTIVE",
                "expires_in_ms": TTL,
                "clock_off_ms": 0,
            },
        )
    ]


def test_a_page_is_an_error_line(region, put, clock, logged):
    put(replace(LEASE, automation=Automation.PAUSED))
    clock.now = LEASE.expires_at_ms + SKEW + 1
    region.keeper.turn()
    [(level, text, line)] = logged
    assert (level, text, line["rule"], line["expires_in_ms"]) == (
        "error",
        "keeper",
        "R50_automation_paused",
        -SKEW - 1,
    )


def test_a_rule_that_lasts_becomes_an_error_line_until_it_ends(region, put, logged):
    region.leases = SimpleNamespace(read=lambda: LeaseFact.UNKNOWN)
    for region.passed_s in (0.0, 59.9, 60.0):
        region.keeper.turn()
    region.leases = SimpleNamespace(read=lambda: LEASE)
    region.keeper.turn()
    region.leases = SimpleNamespace(read=lambda: LeaseFact.UNKNOWN)
    region.keeper.turn()
    assert [(level, line["rule"]) for level, _, line in logged] == [
        ("info", "R10_lease_unknown"),
        ("info", "R10_lease_unknown"),
        ("error", "R10_lease_unknown"),
        ("info", "R40_holder_elsewhere"),
        ("info", "R10_lease_unknown"),
    ]


def test_rules_that_take_turns_while_nobody_serves_call_a_person_as_well(region, put, logged):
    """The holder's database comes and goes, and it is never ready: two rules, and one outage."""
    region.region, region.ready = EAST, ReadyFact.REFUSING
    put(LEASE)
    for tick in range(13):
        region.passed_s = 5.0 * tick
        region.database = (DatabaseFact.WRITER, DatabaseFact.UNREACHABLE)[tick % 2]
        region.keeper.turn()
    calls = [(5 * tick, line["rule"]) for tick, (level, _, line) in enumerate(logged) if level == "error"]
    assert calls == [(at_s, "R31_not_ready") for at_s in (30, 40, 50, 60)]
    region.ready = ReadyFact.READY
    region.keeper.turn()
    region.database = DatabaseFact.WRITER
    region.keeper.turn()
    region.ready = ReadyFact.REFUSING
    region.keeper.turn()
    assert [level for level, _, _ in logged[-2:]] == ["info", "info"]


def test_a_takeover_that_nobody_starts_calls_a_person_after_a_minute(region, put, logged):
    region.takeover, region.refuses = TakeoverFact.ABSENT, True
    put(TAKEN)
    for region.passed_s in (0.0, 59.9, 60.0):
        region.keeper.turn()
    assert [(level, line["rule"], line["outcome"]) for level, _, line in logged] == [
        (level, "R43_not_started", "TakeoverNotStarted: throttled") for level in ("info", "info", "error")
    ]
    assert len(region.started) == 3


def test_a_tick_without_a_lease_tells_the_other_facts(region, logged):
    region.database, region.api = DatabaseFact.UNREACHABLE, ApiFact.DEAD
    region.keeper.turn()
    [(level, _, line)] = logged
    assert (level, line) == (
        "info",
        {
            "action": "watch",
            "rule": "R25_no_lease",
            "reason": "no lease yet; database unreachable, API dead, journal answers",
            "outcome": "done",
            "region": WEST,
            "database": "unreachable",
            "journal": "answers",
            "api": "dead",
            "ready": "ready",
            "takeover": "unknown",
        },
    )


def test_a_lost_race_and_a_failed_start_are_outcomes_of_their_tick(region, leases, put, clock, logged):
    put(LEASE)
    clock.now = LEASE.expires_at_ms + SKEW + 1
    holder = Region(EAST, leases, clock)
    holder.meanwhile = region.keeper.turn
    region.refuses = True
    holder.keeper.turn()
    outcomes = [line["outcome"] for *_, line in logged]
    assert outcomes[0] == "TakeoverNotStarted: throttled"
    assert outcomes[1].startswith("LeaseLost: the lease is now Lease(system='payments', epoch=8,")
