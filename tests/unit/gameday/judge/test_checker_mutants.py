"""The checker itself is checked: a system, or a harness, that is broken in one way shows up in that way."""

import asyncio
import time
from dataclasses import dataclass, field, replace

import pytest

from gameday.judge.proof import CONFORMS, LINEARIZABLE
from gameday.judge.summary import Summary
from gameday.load.population import Population
from gameday.observe.history import LeaseSeen
from gameday.observe.record import Record
from gameday.plan.faults import Action, Cut, Place, Revive, Step, at_once
from gameday.plan.scenario import Expect, Scenario
from gameday.targets.operators import Typed
from tests.unit.gameday import simulated
from tests.unit.gameday.builders import EAST, WEST
from tests.unit.gameday.fakes import FakeWorld
from tests.unit.gameday.miniature import MINIATURE, drilled, judged

pytestmark = pytest.mark.simulated

LAG_S = 0.8
AT_STAKE = replace(MINIATURE, expect=replace(MINIATURE.expect, least_rescued=1))
CUT_OFF = at_once(Cut(Place.HOLDER, Place.OTHER), Cut(Place.HOLDER, Place.WITNESS))
ISOLATED = replace(MINIATURE, steps=CUT_OFF, expect=Expect(moves=1, restored_s=10.0))


@dataclass
class Lagging(FakeWorld):
    """The standby lacks what was written last, as in every real drill; the journal has it."""

    written_at: dict[str, float] = field(default_factory=dict)

    def pay(self, region, key, body):
        self.written_at.setdefault(key, time.time())
        return super().pay(region, key, body)

    def replay(self):
        lost_at = min(self.struck_at) - LAG_S
        for key, row in self.ledger.items():
            if self.written_at[key] > lost_at:
                self.ledger[key] = replace(row, epoch=self.epoch, region=self.holder)

    struck_at: list[float] = field(default_factory=list)

    async def apply(self, action: Action) -> None:
        self.struck_at.append(time.time())
        await super().apply(action)


class Forgetful(Lagging):
    """The takeover replays nothing."""

    def replay(self):
        lost_at = min(self.struck_at) - LAG_S
        for key in [key for key, at in self.written_at.items() if at > lost_at]:
            del self.ledger[key]


class Unfenced(FakeWorld):
    """The isolated holder goes on as if it held the lease."""

    async def apply(self, action):
        if self.takeover is None:
            self.dns_ttl = 2
            self.takeover = asyncio.create_task(self._take_over())

    def serves(self, region):
        return region == EAST or super().serves(region)


class Moved(Unfenced):
    """The lease moves although it should not; nobody is without a fence."""

    def serves(self, region):
        return FakeWorld.serves(self, region)


class Dropping(FakeWorld):
    """A row is gone from the ledger."""

    async def rows(self, run, region):
        return (await super().rows(run, region))[1:]


class Unlatched(FakeWorld):
    """Automation runs on after the failover."""

    async def lease(self) -> LeaseSeen:
        return replace(await super().lease(), unlatched=self.epoch > 1)


def missed(summary: Summary) -> set[str]:
    return {check.name for check in summary.checks if not check.met}


class Answering(FakeWorld):
    """A action of operators has an outcome."""

    async def apply(self, action):
        await super().apply(action)
        return "exit codes 0, 1" if isinstance(action, Typed) else None


LATER = (Typed(("failover",), people=2, to=Place.OTHER), Revive(Place.HOLDER))
RETURNS = replace(
    MINIATURE,
    steps=(*MINIATURE.steps, *(Step(after_s=0.3 * n, action=action) for n, action in enumerate(LATER, 1))),
)
NOBODY_MOVES = replace(ISOLATED, expect=Expect(moves=0, restored_s=0.0))
HELD = {
    Lagging: MINIATURE,
    FakeWorld: MINIATURE,
    Forgetful: MINIATURE,
    Unfenced: ISOLATED,
    Dropping: MINIATURE,
    Moved: NOBODY_MOVES,
    Unlatched: MINIATURE,
    Answering: RETURNS,
}


@dataclass(frozen=True)
class Held:
    """What came of one broken world, and the world."""

    record: Record
    world: FakeWorld

    def summary(self, scenario: Scenario) -> Summary:
        return judged(self.record, scenario).summary


@pytest.fixture(scope="module")
def held() -> dict[type, Held]:
    async def all_at_once():
        worlds = {kind: kind() for kind in HELD}
        records = await asyncio.gather(*(drilled(world, HELD[kind]) for kind, world in worlds.items()))
        return {kind: Held(record, worlds[kind]) for kind, record in zip(HELD, records, strict=True)}

    return simulated.run(all_at_once())


def test_a_standby_that_lags_and_a_journal_that_is_replayed_are_what_a_drill_expects(held):
    summary = held[Lagging].summary(AT_STAKE)
    assert missed(summary) == set()
    assert summary.requests.rescued > 5


def test_with_a_synchronous_standby_nothing_was_at_stake_and_the_drill_says_so(held):
    assert missed(held[FakeWorld].summary(AT_STAKE)) == {"acknowledged payments that only the journal had"}


def test_a_journal_that_is_not_replayed_is_lost_payments(held):
    summary = held[Forgetful].summary(AT_STAKE)
    assert {"payments lost", "currencies out of balance"} <= missed(summary)
    assert summary.requests.lost > 5
    assert summary.measured.rpo_s > 0


async def test_a_client_that_takes_a_new_key_for_each_retry_charges_twice(monkeypatch):
    real = Population._attempt

    async def attempt(self, http, operation):
        again = len(operation.attempts)
        return await real(
            self, http, replace(operation, key=f"{operation.key}-{again}") if again else operation
        )

    monkeypatch.setattr(Population, "_attempt", attempt)
    summary = judged(await drilled(FakeWorld(), MINIATURE), MINIATURE).summary
    assert "payments duplicated" in missed(summary)


def test_a_holder_without_a_fence_acknowledges_while_fenced(held):
    summary = held[Unfenced].summary(ISOLATED)
    assert "payments acknowledged while fenced" in missed(summary)
    assert summary.requests.acknowledged_while_fenced > 0


def test_a_row_that_is_gone_is_a_lost_payment(held):
    summary = held[Dropping].summary(MINIATURE)
    assert {"payments lost", "currencies out of balance", LINEARIZABLE, CONFORMS} == missed(summary)
    assert summary.requests.lost == 1


def test_a_takeover_that_nobody_expected_is_a_miss_and_no_loss_because_the_new_ledger_counts(held):
    summary = held[Moved].summary(NOBODY_MOVES)
    assert "epochs begun" in missed(summary)
    assert (held[Moved].world.ledger_of, summary.requests.lost) == (WEST, 0)


def test_automation_that_runs_on_is_named(held):
    assert missed(held[Unlatched].summary(MINIATURE)) == {"failovers that left automation running"}


def test_only_its_return_ends_the_silence_of_a_lost_region_and_what_came_of_a_deed_is_written_down(held):
    fault = held[Answering].record.fault
    assert fault.silent_until == fault.marks[2].at
    assert fault.marks[1].what == "2 operators at once: dr failover --to us-west-2: exit codes 0, 1"
