from dataclasses import replace

import pytest

from dr.rules import RULES, Purpose, Verdict, judge, refusals
from dr.situation import Aurora, Situation
from dr.topology import Answer
from failover.lease import Automation, Kind, LeaseState

from .world import EAST, HEALTHY, NOW, STOCK, WEST, east_is_lost, with_lease, with_target

PLANNED = (Purpose.SWITCHOVER, Purpose.FAILBACK)
AT_WEST = replace(with_lease(holder=WEST, previous_holder=EAST), home=EAST)


def findings(purpose: Purpose, situation: Situation, target: str = WEST) -> dict[str, Verdict]:
    return {found.code: found.verdict for found in refusals(judge(purpose, situation, target))}


def blind(**changes: object) -> Situation:
    return replace(HEALTHY, **changes)


def unready() -> Situation:
    views = tuple(replace(view, ready=Answer.NO) for view in HEALTHY.topology.regions)
    return replace(HEALTHY, topology=replace(HEALTHY.topology, regions=views))


def unlive() -> Situation:
    views = tuple(replace(view, live=Answer.NO) for view in HEALTHY.topology.regions)
    return replace(HEALTHY, topology=replace(HEALTHY.topology, regions=views))


NO_LEASE = replace(HEALTHY, topology=replace(HEALTHY.topology, lease=None))
UNREADABLE = replace(NO_LEASE, topology=replace(NO_LEASE.topology, lease_read_in=None))
OVER_BUDGET = {"done": False, "rule": "L50_over_budget", "reason": "1 requests may be lost"}
WITHOUT_WEST = blind(inspections={**HEALTHY.inspections, WEST: None})


@pytest.mark.parametrize("purpose", [Purpose.CHECK, Purpose.SWITCHOVER])
def test_nothing_stands_against_a_healthy_system(purpose):
    assert findings(purpose, HEALTHY) == {}


@pytest.mark.parametrize(
    ("situation", "code", "verdict"),
    [
        (blind(leases_read={EAST: True, WEST: False}), "P10", Verdict.FAIL),
        (NO_LEASE, "P12", Verdict.FAIL),
        (UNREADABLE, "P12", Verdict.UNKNOWN),
        (NO_LEASE, "P25", Verdict.UNKNOWN),
        (unready(), "P25", Verdict.FAIL),
        (with_lease(state=LeaseState.DRAINING), "P25", Verdict.FAIL),
        (NO_LEASE, "P26", Verdict.UNKNOWN),
        (blind(inspections={**HEALTHY.inspections, EAST: None}), "P26", Verdict.UNKNOWN),
        (with_target(EAST, gap=None, why="no journal"), "P26", Verdict.FAIL),
        (with_target(EAST, gap=replace(STOCK, fence=None)), "P26", Verdict.FAIL),
        (with_lease(expires_at_ms=NOW + 34_001), "P29", Verdict.FAIL),
        (WITHOUT_WEST, "P29", Verdict.UNKNOWN),
        (with_target(EAST, database="replica"), "P27", Verdict.FAIL),
        (with_target(EAST, gap=None), "P27", Verdict.UNKNOWN),
        (blind(inspections={**HEALTHY.inspections, EAST: None}), "P27", Verdict.UNKNOWN),
        (NO_LEASE, "P27", Verdict.UNKNOWN),
        (unlive(), "P30", Verdict.FAIL),
        (with_target(database="writer"), "P40", Verdict.FAIL),
        (with_target(database="unreachable"), "P40", Verdict.UNKNOWN),
        (WITHOUT_WEST, "P40", Verdict.UNKNOWN),
        (blind(aurora=None), "P45", Verdict.UNKNOWN),
        (blind(aurora=Aurora(writer=WEST, moving=False)), "P45", Verdict.FAIL),
        (blind(aurora=Aurora(writer=EAST, moving=True)), "P45", Verdict.FAIL),
        (with_target(engine="16.10"), "P47", Verdict.FAIL),
        (with_target(engine=None), "P47", Verdict.UNKNOWN),
        (WITHOUT_WEST, "P47", Verdict.UNKNOWN),
        (with_target(gap=replace(STOCK, overdue=1)), "P50", Verdict.FAIL),
        (with_target(gap=None), "P50", Verdict.UNKNOWN),
        (with_target(gap=replace(STOCK, fence=2)), "P52", Verdict.FAIL),
        (with_target(gap=None), "P52", Verdict.UNKNOWN),
        (with_target(loss=OVER_BUDGET), "P57", Verdict.FAIL),
        (with_target(EAST, loss=OVER_BUDGET), "P57", Verdict.FAIL),
        (with_target(loss=None), "P57", Verdict.UNKNOWN),
        (blind(inspections={EAST: None, WEST: None}), "P57", Verdict.UNKNOWN),
        (with_target(code="other"), "P60", Verdict.FAIL),
        (WITHOUT_WEST, "P60", Verdict.UNKNOWN),
        (with_target(clock_off_ms=1_001), "P65", Verdict.FAIL),
        (WITHOUT_WEST, "P65", Verdict.UNKNOWN),
        (with_lease(kind=Kind.FAILOVER), "P70", Verdict.FAIL),
        (with_lease(automation=Automation.PAUSED), "P75", Verdict.FAIL),
        (NO_LEASE, "P75", Verdict.UNKNOWN),
        (NO_LEASE, "P70", Verdict.UNKNOWN),
        (with_target(gap=replace(STOCK, intents=1)), "P80", Verdict.FAIL),
        (with_target(gap=replace(STOCK, set_aside=[{"why": "contradicted"}])), "P82", Verdict.FAIL),
    ],
)
def test_what_is_wrong_or_unknown_has_its_rule(situation, code, verdict):
    assert findings(Purpose.CHECK, situation)[code] is verdict


def test_unequal_engines_forbid_a_planned_move_and_not_a_forced_one():
    unequal = with_target(engine="16.10")
    assert findings(Purpose.SWITCHOVER, unequal) == {"P47": Verdict.FAIL}
    lost = east_is_lost()
    assert findings(Purpose.FAILOVER, lost) == {}


def test_a_clock_may_be_off_by_half_the_skew():
    assert findings(Purpose.CHECK, with_target(clock_off_ms=1_000)) == {}


def test_a_switchover_to_the_holder_is_refused():
    assert "P20" in findings(Purpose.SWITCHOVER, HEALTHY, EAST)
    assert findings(Purpose.SWITCHOVER, NO_LEASE)["P20"] is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({}, set()),
        ({"changed_at_ms": NOW - 599_999}, {"P90"}),
        ({"kind": Kind.FAILOVER}, {"P70"}),
        ({"kind": Kind.FAILOVER, "acknowledged_epoch": 3}, set()),
    ],
)
def test_going_home_waits_for_soak_and_acknowledgement(change, codes):
    home = replace(HEALTHY.inspections[WEST])
    views = tuple(
        replace(view, ready=Answer.YES if view.region == WEST else Answer.NO)
        for view in HEALTHY.topology.regions
    )
    situation = replace(
        with_lease(AT_WEST, **change),
        inspections={EAST: home, WEST: HEALTHY.inspections[EAST]},
        aurora=Aurora(writer=WEST, moving=False),
    )
    situation = replace(situation, topology=replace(situation.topology, regions=views))
    assert set(findings(Purpose.FAILBACK, situation, EAST)) == codes


def test_home_is_where_the_settings_place_it():
    assert findings(Purpose.FAILBACK, HEALTHY)["P15"] is Verdict.FAIL
    assert findings(Purpose.FAILBACK, WITHOUT_WEST)["P90"] is Verdict.UNKNOWN


def test_a_failover_needs_nothing_of_the_lost_region():
    assert findings(Purpose.FAILOVER, east_is_lost()) == {}


@pytest.mark.parametrize(
    ("situation", "code", "verdict"),
    [
        (east_is_lost(expires_at_ms=NOW - 2_000), "P28", Verdict.FAIL),
        (replace(east_is_lost(), inspections={EAST: None, WEST: None}), "P28", Verdict.UNKNOWN),
        (with_target(database="unreachable"), "P42", Verdict.FAIL),
        (with_target(gap=None), "P55", Verdict.UNKNOWN),
    ],
)
def test_a_failover_is_refused_while_anything_it_needs_is_not_known_good(situation, code, verdict):
    assert findings(Purpose.FAILOVER, situation)[code] is verdict


def test_codes_are_in_order_and_every_rule_says_what_mends_it():
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes))
    assert all(rule.fix for rule in RULES)
