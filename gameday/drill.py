"""Runs a scenario: given, fault, follow. What comes out is a Record; judging it is done elsewhere."""

import asyncio
import time
from collections.abc import Sequence

from gameday.errors import LedgerUnread, ObservationFailed
from gameday.judge.timeline import epoch_before, restored_s
from gameday.load import tasks
from gameday.load.arrivals import Load, LoadPlan
from gameday.load.records import LedgerRow, Operation
from gameday.observe.dr_answers import DrAnswer
from gameday.observe.executions import StepSeen
from gameday.observe.history import Fault, History, Mark
from gameday.observe.host import metered
from gameday.observe.observers import Pace, observing
from gameday.observe.record import Record
from gameday.observe.target import World
from gameday.plan.faults import Action, Revive
from gameday.plan.scenario import Scenario
from gameday.precondition import wait_until_given
from gameday.report.live.look import View
from gameday.report.progress import Progress
from gameday.targets.operators import HALT, RESUME_TRADING

_COUNT_S = 0.5
"""Seconds between two counts of all attempts, which cost more the longer a drill lasts."""


async def run_drill(
    world: World, scenario: Scenario, plan: LoadPlan, progress: Progress, *, run: str
) -> Record:
    """Run *scenario* against *world*; the name *run* marks its requests.

    Raises NotSteady, FaultRefused or LedgerUnread when there can be no record.
    """
    await wait_until_given(world, scenario.precondition, progress)
    history, pace = History(), Pace()
    for action in scenario.precondition.actions:
        await _apply(world, action, progress, history)
    load = Load(
        run=run,
        api_name=world.api_name,
        endpoints=world.endpoints,
        resolver=world.resolver,
        plan=plan,
        requests=world.requests,
        credentials=world.credentials,
    )
    progress.say(f"load: {plan.rate:g} new requests/s from {plan.populations} client populations")
    view = View(
        scenario=scenario,
        history=history,
        load=load,
        marks=progress.marks,
        primary=world.primary,
        other=world.survivor,
    )
    async with observing(world, history, pace), load.arriving(), progress.showing(view):
        await asyncio.sleep(plan.ramp_s)
        steady_since = time.time()
        async with metered() as meter:
            await asyncio.sleep(scenario.precondition.steady_s)
            pace.close = True
            fault = await _break(world, view, plan, progress)
        until, host = time.time(), meter.read()
        progress.say(f"arrivals end; {load.pending} requests still wait for their answer")
        await load.drain(scenario.follow.drain_s)
    region = _serving(history, fault)
    rows, settled_at = await _settled_rows(world, region, run, load.operations, scenario.follow.settle_s)
    progress.say(f"checking {len(load.operations)} requests against {len(rows)} rows of the ledger")
    return Record(
        run=run,
        history=history,
        operations=load.operations,
        rows=rows,
        journal=await world.journal(row.idempotency_key for row in rows),
        calls=world.calls(fault.at, until),
        steps=await _steps(world, scenario, fault),
        fault=fault,
        host=host,
        steady_since=steady_since,
        until=until,
        settled_at=settled_at,
        listed=await world.listed(),
    )


async def _break(world: World, view: View, plan: LoadPlan, progress: Progress) -> Fault:
    """Go through the timeline of the scenario, look on, and tell what was done."""
    scenario = view.scenario
    now = [step for step in scenario.steps if step.after_s == 0]
    marks = [await _apply(world, step.action, progress, view.history) for step in now]
    at, done_at = marks[0].at, marks[-1].done_at

    returns: list[float] = []
    halts: list[Mark] = []
    resumptions: list[Mark] = []

    async def later() -> None:
        for step in sorted(scenario.steps[len(now) :], key=lambda step: step.after_s):
            await asyncio.sleep(at + step.after_s - time.time())
            marks.append(await _apply(world, step.action, progress, view.history))
            if isinstance(step.action, Revive):
                returns.append(marks[-1].at)
            if step.action == HALT:
                halts.append(marks[-1])
            if step.action == RESUME_TRADING:
                resumptions.append(marks[-1])

    rest = asyncio.create_task(later())
    try:
        await _follow(view, plan, at, progress)
    finally:
        await tasks.end([rest])
    return Fault(
        at=at,
        done_at=done_at,
        region=world.primary,
        other=world.survivor,
        survivor=world.survivor if scenario.expect.away else world.primary,
        marks=tuple(marks),
        silent_from=done_at if scenario.silences else None,
        silent_until=returns[0] if scenario.silences and returns else None,
        halted_from=halts[0].done_at if halts else None,
        halted_until=resumptions[0].at if resumptions else None,
    )


async def _apply(world: World, action: Action, progress: Progress, history: History) -> Mark:
    at, what = time.time(), action.describe(world.places)
    outcome = await world.apply(action)
    if isinstance(outcome, DrAnswer):
        history.answers.append(outcome)
        outcome = outcome.describe()
    if outcome:
        what = f"{what}: {outcome}"
    progress.say(f"[bold red]fault[/bold red]: {what}")
    mark = Mark(at=at, done_at=time.time(), what=what)
    progress.marks.append(mark)
    return mark


async def _follow(view: View, plan: LoadPlan, at: float, progress: Progress) -> None:
    """Look on until the service was restored for a while, DNS follows and no step is left, or too long."""
    scenario, follow = view.scenario, view.scenario.follow
    end = at + follow.at_most_s
    enough: float | None = None
    while time.time() < end and not (enough and time.time() >= enough and view.history.dns_follows):
        await asyncio.sleep(_COUNT_S)
        if enough or not scenario.expect.moves:
            continue
        answered = time.time() - plan.request_timeout_s
        attempts = (attempt for operation in view.load.operations for attempt in operation.attempts)
        restored = restored_s(attempts, at, answered, follow.good_s)
        if restored is not None:
            progress.say(f"[bold green]restored[/bold green] {restored} s after the fault")
            enough = at + max(
                restored + follow.good_s + follow.after_restored_s,
                scenario.last_step_s + follow.after_last_step_s if scenario.last_step_s else 0.0,
            )


async def _steps(world: World, scenario: Scenario, fault: Fault) -> Sequence[StepSeen]:
    """Of the region that must hold the lease; of both where both can be asked."""
    regions = [fault.survivor] if scenario.hides else list(world.endpoints)
    try:
        return await world.steps(fault.at, regions)
    except ObservationFailed as error:
        raise LedgerUnread(str(error)) from error


def _serving(history: History, fault: Fault) -> str:
    """The region whose ledger counts: who holds the lease in the end, also when nobody was to move."""
    last = max(history.leases, key=lambda seen: seen.epoch, default=None)
    return last.holder if last and last.epoch > epoch_before(history, fault) else fault.survivor


async def _settled_rows(
    world: World, region: str, run: str, operations: Sequence[Operation], within_s: float
) -> tuple[Sequence[LedgerRow], float | None]:
    """The run's rows, once accepted requests had their time to arrive among them, and when all had."""
    accepted = {operation.key for operation in operations if operation.only_accepted}
    deadline = time.monotonic() + within_s
    while True:
        rows = await world.rows(run, region)
        if accepted <= {row.idempotency_key for row in rows}:
            return rows, time.time()
        if time.monotonic() > deadline:
            return rows, None
        await asyncio.sleep(1.0)
