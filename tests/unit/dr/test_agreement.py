"""`dr status` and `dr check` say the same of the same state, each as far as it asks."""

from dataclasses import replace

import pytest

from dr import check, status
from dr.exits import Exit
from dr.rules import Purpose, Verdict, judge
from dr.situation import Aurora, Situation
from dr.targets import resolve
from dr.topology import Answer, RegionView
from failover.lease import Automation, LeaseState

from .world import EAST, HEALTHY, NOW, WEST, east_is_lost, with_lease, with_target

YES, NO, GONE = Answer.YES, Answer.NO, Answer.UNREACHABLE


def ready(east: Answer, west: Answer, **topology: object) -> Situation:
    views = (
        RegionView(region=EAST, live=GONE if east is GONE else YES, ready=east),
        RegionView(region=WEST, live=GONE if west is GONE else YES, ready=west),
    )
    return replace(HEALTHY, topology=replace(HEALTHY.topology, regions=views, **topology))


NOBODY = replace(
    ready(GONE, GONE, lease=None, lease_read_in=None),
    inspections={EAST: None, WEST: None},
    leases_read={EAST: False, WEST: False},
    aurora=None,
)
UNREAD = replace(ready(YES, NO, lease=None, lease_read_in=None), leases_read={EAST: False, WEST: False})
STATES = {
    "healthy": (HEALTHY, Exit.DONE, Exit.DONE, set()),
    "holder's region lost": (east_is_lost(), Exit.UNHEALTHY, Exit.UNHEALTHY, {"P10", "P23", "P25"}),
    "paused": (with_lease(automation=Automation.PAUSED), Exit.DONE, Exit.UNHEALTHY, {"P75"}),
    "both ready": (ready(YES, YES), Exit.UNHEALTHY, Exit.UNHEALTHY, {"P24"}),
    "the wrong one ready": (ready(NO, YES), Exit.UNHEALTHY, Exit.UNHEALTHY, {"P24", "P25"}),
    "nobody ready": (ready(NO, NO), Exit.UNHEALTHY, Exit.UNHEALTHY, {"P25"}),
    "run out": (with_lease(expires_at_ms=NOW - 2_001), Exit.DONE, Exit.UNHEALTHY, {"P23"}),
    "taking": (with_lease(state=LeaseState.TAKING), Exit.DONE, Exit.UNHEALTHY, {"P25"}),
    "the writer elsewhere": (
        replace(HEALTHY, aurora=Aurora(writer=WEST, moving=False)),
        Exit.DONE,
        Exit.UNHEALTHY,
        {"P45"},
    ),
    "two writers": (with_target(database="writer"), Exit.DONE, Exit.UNHEALTHY, {"P40"}),
    "no lease": (ready(YES, NO, lease=None), Exit.UNHEALTHY, Exit.UNHEALTHY, {"P12"}),
    "the lease unread": (UNREAD, Exit.UNKNOWN, Exit.UNHEALTHY, {"P10"}),
    "nobody answers": (NOBODY, Exit.UNKNOWN, Exit.UNKNOWN, set()),
}


@pytest.mark.parametrize("name", STATES)
def test_status_and_check_agree(name):
    situation, shown, checked, broken = STATES[name]
    findings = judge(Purpose.CHECK, situation, resolve(situation, Purpose.CHECK))
    assert (status.verdict(situation.topology), check.verdict(findings)) == (shown, checked)
    assert {one.code for one in findings if one.verdict is Verdict.FAIL} == broken


@pytest.mark.parametrize("name", STATES)
def test_what_check_shows_green_is_green_in_status_and_nothing_unreachable_is_green(name):
    situation, shown, checked, _ = STATES[name]
    assert checked is not Exit.DONE or shown is Exit.DONE
    if not all(view.reachable for view in situation.topology.regions):
        assert checked is not Exit.DONE
