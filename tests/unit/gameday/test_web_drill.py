"""A drill of the web application from the first look to the record, over a site that is a few lines long."""

import io
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from rich.console import Console

from gameday.errors import NotSteady, ObservationFailed
from gameday.judge.web import counted, served
from gameday.load.visitors import VisitPlan
from gameday.load.visits import PAGE
from gameday.plan.web import Bars, WebScenario, WebStep
from gameday.report.progress import Progress
from gameday.web_drill import run_drill
from localcloud.route53.resolver import DnsAnswer
from tests.unit.gameday.targets.webapp.web_record import BEFORE

PASSWORD = "let me in"
HERE = {"X-Content-Type-Options": "nosniff"}
FORM = '<input type="hidden" name="csrf" value="{}">'


class SmallSite:
    """A board whose visitors can be made to fail."""

    def __init__(self) -> None:
        self.entries, self.well, self.away = [], True, False

    async def board(self, request):
        if self.away:
            return web.Response(text="<p>away")
        signed_in = request.cookies.get("session") == "in"
        return web.Response(
            text=FORM.format("two") if signed_in else "", status=200 if self.well else 503, headers=HERE
        )

    async def ask(self, _request):
        answer = web.Response(text=FORM.format("one"), headers=HERE)
        answer.set_cookie("session", "new")
        return answer

    async def enter(self, request):
        form = await request.post()
        assert (form["csrf"], request.cookies["session"]) == ("one", "new")
        if (form["name"], form["password"]) != ("ada", PASSWORD):
            return web.Response(status=403, headers=HERE)
        answer = web.Response(status=303, headers={**HERE, "Location": "/"})
        answer.set_cookie("session", "in")
        return answer

    async def write(self, request):
        form = await request.post()
        assert (form["csrf"], request.cookies["session"]) == ("two", "in")
        if not self.well:
            return web.Response(status=503, headers=HERE)
        self.entries.append(form["text"])
        return web.Response(status=303, headers={**HERE, "X-Entry": str(len(self.entries))})

    @asynccontextmanager
    async def served(self):
        app = web.Application()
        app.router.add_get("/", self.board)
        app.router.add_get("/sign-in", self.ask)
        app.router.add_post("/sign-in", self.enter)
        app.router.add_post("/entries", self.write)
        async with TestServer(app, host="127.0.0.1") as server:
            yield server.port


class World:
    """The site's instances are well as long as it is."""

    name, region, other = "www.dev.test", "us-east-1", "us-west-2"

    def __init__(self, site, port, password=PASSWORD):
        self.site, self.state, self.blind = site, SimpleNamespace(user_password=password), False
        self.resolver = SimpleNamespace(resolve=self.resolve)
        self.port = port

    async def resolve(self, _name):
        return DnsAnswer(f"127.0.0.1:{self.port}", 1)

    def look(self):
        if self.blind:
            raise ObservationFailed("nobody says")
        healthy = BEFORE.healthy if self.site.well else BEFORE.healthy[1:]
        return replace(BEFORE, at=time.time(), healthy=healthy)

    def entries(self):
        return set(enumerate(self.site.entries, start=1))

    def actions(self, since):
        return ("M32_scale_out group: accepted",) if since > 0 else ()


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
