"""A drill of the web application from the first look to the record, over a site that is a few lines long."""

import io

import pytest
from rich.console import Console

from gameday.errors import NotSteady
from gameday.judge.web import counted, served
from gameday.load.visitors import VisitPlan
from gameday.load.visits import PAGE
from gameday.plan.web import Bars, WebScenario, WebStep
from gameday.report.progress import Progress
from gameday.web_drill import run_drill
from tests.unit.gameday.small_site import PASSWORD, SmallSite, World


def scenario(action, **more):
    given = {
        "steps": (WebStep(action=action),),
        "ended": lambda looks: True,
        "at_least_s": 0.5,
        "steady_s": 0.5,
    }
    return WebScenario(
        code="W-1",
        title="",
        expected="",
        bars=Bars(),
        load=VisitPlan(rate=40, one_write_in=4, timeout_s=2.0),
        at_most_s=3.0,
        **(given | more),
    )


async def drilled(given, *, password=PASSWORD, site=None):
    site = site or SmallSite()
    async with site.served() as port:
        world = World(site, port, password)
        return world, await run_drill(world, given, Progress(Console(file=io.StringIO())), run="W-1-test")


async def test_visitors_come_on_schedule_and_what_they_wrote_is_there():
    world, record = await drilled(scenario(lambda world: "nothing"))
    counts = counted(record)
    assert record.ended
    assert counts.failed == 0
    assert counts.entries == len(world.site.entries) > 5
    assert counts.lost == 0
    assert {entry.partition(" ")[0] for entry in world.site.entries} == {"W-1-test"}


async def test_the_load_grows_with_the_fault_and_what_remediation_did_is_written_down():
    _, record = await drilled(scenario(lambda world: "", surge=3.0, at_least_s=1.5))
    before = sum(visit.started < record.fault.at for visit in record.visits)
    after = sum(visit.started >= record.fault.at for visit in record.visits)
    assert after > 4 * before, "0.5 s at 40, then at least 1.5 s at 120 visits a second"
    assert record.actions == ("M32_scale_out group: accepted",)


async def test_nobody_asks_twice_and_every_failure_is_counted():
    def fault(world):
        world.site.well = False
        return "harmed"

    _, record = await drilled(scenario(fault))
    failed = [visit for visit in record.visits if not visit.good]
    assert failed
    assert {visit.status for visit in failed} == {503}
    assert served(record).restored_s is None
    assert record.fault.marks[0].what == "harmed"


async def test_the_page_of_the_other_region_is_known_by_what_it_lacks():
    def leave(world):
        world.site.away = True
        return "away"

    _, record = await drilled(scenario(leave))
    last = [visit for visit in record.visits if not visit.write][-1]
    assert (last.by, last.good, last.answered) == (PAGE, False, True)


async def test_later_steps_are_done_at_their_time_and_looks_that_fail_are_counted():
    def blind(world):
        world.blind = True
        return "blind"

    later = WebStep(after_s=1.0, action=lambda world: "more")
    _, record = await drilled(scenario(blind, steps=(WebStep(action=blind), later)))
    assert [mark.what for mark in record.fault.marks] == ["blind", "more"]
    assert record.missed > 0
    assert not record.ended, "nothing was seen that could have ended it"


async def test_a_site_that_lets_nobody_in_gives_no_verdict():
    with pytest.raises(NotSteady, match="nobody can sign in"):
        await drilled(scenario(lambda world: ""), password="wrong")
