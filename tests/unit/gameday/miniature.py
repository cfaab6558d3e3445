"""A drill in simulated time: real HTTP, real clients, real observers; only the cloud is fake."""

import asyncio
import io
from dataclasses import dataclass, replace

from rich.console import Console

from gameday.drill import run_drill
from gameday.errors import ObservationFailed
from gameday.judge.judgement import Judgement, judge
from gameday.judge.settings import DrillSettings
from gameday.judge.summary import ConfiguredWaits, Objectives, Terraform
from gameday.load.arrivals import LoadPlan
from gameday.observe.executions import StepSeen
from gameday.observe.host_load import HostLoad
from gameday.observe.record import Record
from gameday.plan.faults import Kill, Place, Revive, Step, at_once
from gameday.plan.partial_faults import Lag
from gameday.plan.scenario import Expect, Follow, Precondition, Scenario
from gameday.report.progress import Progress
from tests.unit.gameday.builders import EAST, WEST
from tests.unit.gameday.fakes import FakeWorld, running

PLAN = LoadPlan(rate=40.0, ramp_s=0.5, populations=4, request_timeout_s=1.0)
MINIATURE = Scenario(
    code="S1",
    title="miniature",
    steps=at_once(Kill(Place.HOLDER)),
    expect=Expect(moves=True, restored_s=10.0),
    precondition=Precondition(within_s=0.7, steady_s=2.2),
    follow=Follow(good_s=2, after_restored_s=0.0, at_most_s=20.0, drain_s=5.0, settle_s=1.0),
)
WITNESS_LOST = replace(
    MINIATURE,
    code="S11",
    steps=(Step(action=Kill(Place.WITNESS)), Step(after_s=0.5, action=Revive(Place.WITNESS))),
    expect=Expect(moves=False, restored_s=0.0),
    follow=replace(MINIATURE.follow, at_most_s=3.5),
)
LAG = Lag(30.0)
PREPARED = replace(MINIATURE, precondition=replace(MINIATURE.precondition, actions=(LAG,)))
SETTINGS = DrillSettings(
    objectives=Objectives(rto_s=900, rpo_s=300),
    waits=ConfiguredWaits(
        lease_ttl_s=1,
        tick_s=1,
        clock_skew_s=0,
        dns_ttl_s=1,
        health_check_interval_s=1,
        health_check_threshold=1,
    ),
    noun="payment",
    time_scale=1.0,
)
CALM = HostLoad(per_core=0.5, steal=0.0)


def console() -> Console:
    return Console(file=io.StringIO(), width=120)


async def drilled(world: FakeWorld, scenario: Scenario = MINIATURE) -> Record:
    async with running(world):
        record = await run_drill(world, scenario, PLAN, Progress(console()), run="mini")
    return replace(record, host=CALM)


def judged(record: Record, scenario: Scenario = MINIATURE) -> Judgement:
    return judge(record, scenario, SETTINGS, rate=PLAN.rate, terraform=Terraform(), versions={"a": "1"})


class Mute(FakeWorld):
    """Its state machines tell nothing."""

    async def steps(self, since, regions):
        raise ObservationFailed("the state machine does not tell")


class Forwarding(FakeWorld):
    """The region that lost the lease forwards to its new holder, which DNS names only seconds later."""

    named = EAST

    async def resolve(self, name):
        return replace(await super().resolve(name), target=f"abc123.execute-api.{self.named}.amazonaws.com")

    async def _take_over(self):
        await super()._take_over()
        self.endpoints[EAST] = self.endpoints[WEST]
        await asyncio.sleep(6.0)
        self.named = WEST


@dataclass(frozen=True)
class Drilled:
    """Drills that were held at the same time."""

    moved: Record
    stayed: Record
    prepared: Record
    forwarded: Record
    mute: BaseException
    kept: FakeWorld
    """The world of the one that stayed."""
    lagging: FakeWorld
    """The world of the prepared one."""


async def all_at_once() -> Drilled:
    told = StepSeen(execution="x", state="Guard", facts={"rule": "L20_journal_complete", "figures": {}})
    kept, lagging = FakeWorld(), FakeWorld(told=[told])
    held = await asyncio.gather(
        drilled(FakeWorld()),
        drilled(kept, WITNESS_LOST),
        drilled(lagging, PREPARED),
        drilled(Forwarding()),
        drilled(Mute()),
        return_exceptions=True,
    )
    return Drilled(*held, kept=kept, lagging=lagging)
