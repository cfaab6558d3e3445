"""A system that nobody had in mind when the core was written is taken over, moved and brought home."""

from collections.abc import Iterable
from functools import partial

import pytest

from failover.decision import Policy
from failover.keeper import Keeper
from failover.lease import Handover, Kind, LeaseState
from failover.loss import LossPolicy
from failover.observe import Observer
from failover.order import FORCED, PLANNED
from failover.sightings import Sightings
from failover.steps import perform
from failover.steps.context import StepContext
from failover.steps.inspection import inspect
from failover.takeover import Takeover

from .lease_in_memory import LeaseInMemory
from .toy import Region

TTL_MS, SKEW_MS = 30_000, 2_000
HERE, THERE = "eu-north-1", "eu-south-1"
NO_LOSS = LossPolicy(
    journal_trusted=True, requests=0, lag_ms=0, money={}, valid_ms=0, sessions_are_people=False
)


def tools_of(region: Region) -> StepContext:
    """What the steps of a takeover to this region work with: a system binds it once, for its functions."""
    return StepContext(
        region=region.name,
        leases=LeaseInMemory(region.world),
        keeper=region,
        database=region,
        recovery=region,
        writer=region,
        api=region,
        service=region,
        approvals=None,
        policy=lambda: NO_LOSS,
        bus=region,
        clock=region.world.clock,
        pause=lambda _: None,
    )


def keeper_of(region: Region) -> Keeper:
    """The keeper of this region."""
    leases, clock = LeaseInMemory(region.world), region.world.clock
    observer = Observer(
        region.name,
        leases=leases,
        sightings=Sightings(ttl_ms=TTL_MS, clock=clock, steady_s=lambda: clock() / 1000),
        database=region,
        recovery=region,
        api=region,
        takeovers=region,
        clock=clock,
    )
    policy = Policy(ttl_ms=TTL_MS, skew_ms=SKEW_MS, transition_limit_ms=600_000)
    beat = partial(_beat, region)
    return Keeper(observer=observer, leases=leases, takeovers=region, policy=policy, beat=beat, sign=region)


def _beat(region: Region, epoch: int, now_ms: int) -> None:
    region.beat(epoch, now_ms=now_ms)


class World:
    """Two regions of the toy, and the time."""

    def __init__(self) -> None:
        self.now, self.lease, self.writer = 1_800_000_000_000, None, HERE
        self.journal: set[str] = set()
        self.regions = {name: Region(self, name) for name in (HERE, THERE)}
        self.context = {name: tools_of(region) for name, region in self.regions.items()}
        self.keepers = {name: keeper_of(region) for name, region in self.regions.items()}

    def terms(self) -> dict[str, int]:
        return {"now_ms": self.now, "ttl_ms": TTL_MS, "skew_ms": SKEW_MS}

    def clock(self) -> int:
        return self.now

    def passes(self, seconds: int) -> None:
        """Keepers tick every ten seconds, and what they start runs to its end."""
        for _ in range(seconds // 10):
            self.now += 10_000
            for region in self.alive():
                self.keepers[region.name].turn()
            for region in self.alive():
                self.ends(region)
            self.replicate()

    def alive(self) -> list[Region]:
        return [region for region in self.regions.values() if region.up]

    def replicate(self) -> None:
        for region in self.alive():
            region.rows |= self.regions[self.writer].rows if self.regions[self.writer].up else set()

    def ends(self, region: Region, *, times: int = 1) -> None:
        """The executions that were started there, every step so many times."""
        while region.started:
            _, takeover = region.started.popitem()
            for step in PLANNED if takeover.kind.planned else FORCED:
                for _ in range(times):
                    perform(step.name, takeover, self.context[region.name])

    def move(self, kind: Kind, to: str, *, times: int = 1) -> None:
        """What `dr switchover` and `dr failback` do."""
        self.regions[to].start(Takeover.planned(self.lease, Handover(to=to, kind=kind, attempt=1)))
        self.ends(self.regions[to], times=times)


def say(region: Region, words: Iterable[str]) -> None:
    for word in words:
        assert region.say(word)


@pytest.fixture
def world() -> World:
    """It serves in its first region, and one word has not been replicated."""
    world = World()
    world.passes(20)
    say(world.regions[HERE], ["one", "two"])
    world.replicate()
    say(world.regions[HERE], ["three"])
    return world


def test_a_lost_region_is_taken_over_and_no_word_is_lost(world):
    world.regions[HERE].up = False
    world.passes(60)
    there = world.regions[THERE]
    assert (world.lease.holder, world.lease.epoch, world.lease.state) == (THERE, 2, LeaseState.ACTIVE)
    assert {"one", "two", "three", "toy-2"} <= there.rows
    assert [event.type for event in there.told] == ["FailoverCompleted"]
    say(there, ["four"])


@pytest.mark.parametrize("times", [1, 2])
def test_a_switchover_waits_for_every_word_and_the_old_region_stops(world, times):
    world.replicate()
    world.move(Kind.SWITCHOVER, THERE, times=times)
    assert (world.lease.holder, world.lease.state, world.writer) == (THERE, LeaseState.ACTIVE, THERE)
    assert not world.regions[HERE].say("late")
    say(world.regions[THERE], ["four"])


def test_a_region_that_came_back_serves_nobody_until_it_is_brought_home(world):
    here = world.regions[HERE]
    here.up = False
    world.passes(60)
    here.up = True
    world.passes(10)
    assert not here.say("early")
    world.move(Kind.FAILBACK, HERE)
    assert (world.lease.holder, world.lease.epoch, here.rows) == (HERE, 3, world.journal)
    say(here, ["home"])


def test_an_operator_is_told_what_a_region_lacks(world):
    facts = inspect(world.context[THERE])
    assert (facts["database"], facts["engine"], facts["gap"]["missing"]) == ("replica", "1", 1)
    assert facts["loss"]["rule"] == "L20_journal_complete"
