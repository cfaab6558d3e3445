"""`python -m gameday chaos ...`: the steps of exported experiments, one command each; 0 means it is so."""

import asyncio
import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from gameday.chaos import payments
from gameday.errors import NotSteady, ObservationFailed
from gameday.observe.history import LeaseSeen
from gameday.targets import cloud
from gameday.targets.payments.scenarios import SCENARIOS
from gameday.targets.payments.system import PAYMENTS
from gameday.targets.two_regions import healing
from gameday.targets.two_regions.world import LocalWorld
from lib.systems.load import load_settings
from localcloud.core.paths import STATE

FOLDER = STATE / "chaos"
GIVEN, LOAD = FOLDER / "given.json", FOLDER / "load.json"
_LOOK_S = 1.0

app = typer.Typer(help="Single steps of exported experiments, on the local cloud.", no_args_is_help=True)


@app.command()
def holds() -> None:
    """A region holds an active lease."""
    _tell({"holder": _world().primary})


@app.command()
def pays() -> None:
    """One payment is acknowledged by the region that DNS names."""
    world = _world()
    paid = asyncio.run(payments.pay(world, run=_run("probe"), seconds=0.5, rate=2.0))
    _tell(paid.describe(), good=paid.acknowledged > 0)


@app.command()
def given() -> None:
    """Note who holds the lease: later steps mean this region when they say holder."""
    world = _world()
    seen = asyncio.run(world.lease())
    _write(GIVEN, {"holder": seen.holder, "epoch": seen.epoch, "at": time.time()})
    LOAD.unlink(missing_ok=True)
    _tell({"holder": seen.holder, "epoch": seen.epoch})


@app.command()
def apply(scenario: str, number: int) -> None:
    """Do one step of a scenario."""
    world, step = _given_world(), SCENARIOS[scenario].steps[number]
    asyncio.run(world.apply(step.action))
    _tell({"done": step.action.describe(world.places)})


@app.command()
def load(
    seconds: Annotated[float, typer.Option(min=1)] = 60.0, rate: Annotated[float, typer.Option(min=1)] = 10.0
) -> None:
    """Payments arrive for a while; what their clients were told is kept for `balance`."""
    paid = asyncio.run(payments.pay(_world(), run=_run("load"), seconds=seconds, rate=rate))
    _write(LOAD, {"run": paid.run, "acknowledged": paid.keys} | paid.describe())
    _tell(paid.describe())


@app.command()
def expect(scenario: str) -> None:
    """Wait until what the scenario expects is there, or has kept being there."""
    world, wanted = _given_world(), SCENARIOS[scenario]
    noted = _read(GIVEN)
    moves, until = wanted.expect.moves, time.time() + wanted.follow.at_most_s
    seen = None
    while time.time() < until and not (moves and _taken_over(seen, noted)):
        time.sleep(_LOOK_S)
        seen = _lease(world) or seen
    good = _taken_over(seen, noted) if moves else seen is not None and seen.epoch == noted["epoch"]
    _tell({"holder": seen.holder if seen else "unknown", "epoch": seen.epoch if seen else 0}, good=good)


@app.command()
def balance() -> None:
    """Every payment that `load` saw acknowledged is in the ledger of whoever holds the lease now."""
    deadline = time.monotonic() + 300
    while not LOAD.exists() and time.monotonic() < deadline:
        time.sleep(_LOOK_S)
    told, world = _read(LOAD), _world()
    rows = asyncio.run(world.rows(told["run"], world.primary))
    lost = sorted(set(told["acknowledged"]) - {row.idempotency_key for row in rows})
    _tell({"acknowledged": len(told["acknowledged"]), "lost": lost}, good=not lost and told["acknowledged"])


@app.command()
def heal() -> None:
    """End every fault, and let automation run again."""
    healing.heal(_given_world())


def _world() -> LocalWorld:
    """The world in which the region that holds the lease now is the holder."""
    deployed, settings = cloud.load(), load_settings()
    views = {
        name: LocalWorld.of(deployed, settings, PAYMENTS, holder=name) for name in deployed.state.regions
    }
    return views[healing.holder(*views.values())]


def _given_world() -> LocalWorld:
    """The world in which the region that held the lease at the beginning is the holder."""
    return LocalWorld.of(cloud.load(), load_settings(), PAYMENTS, holder=_read(GIVEN)["holder"])


def _lease(world: LocalWorld) -> LeaseSeen | None:
    try:
        return asyncio.run(world.lease())
    except ObservationFailed:
        return None


def _taken_over(seen: LeaseSeen | None, noted: dict[str, Any]) -> bool:
    """Whether the other region holds the next epoch, and acknowledges."""
    return (
        seen is not None
        and seen.active
        and seen.epoch == noted["epoch"] + 1
        and seen.holder != noted["holder"]
    )


def _run(what: str) -> str:
    return f"chaos-{what}-{time.time():.0f}"


def _write(path: Path, document: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text()))
    except FileNotFoundError as error:
        raise NotSteady(f"{path.name} is missing: the step that writes it has not run") from error


def _tell(told: dict[str, Any], *, good: object = True) -> None:
    """Write the outcome where the journal keeps it."""
    typer.echo(json.dumps(told))
    if not good:
        raise typer.Exit(1)
