"""`python -m gameday.mutants`: is a drill worth anything? Break the protocol, and the drill must turn red.

Each mutant is a careless change of what is deployed, made in a copy of this repository below .local; the copy
deploys itself and runs its own drill. For developers only: nothing imports this module. The same bugs in the
executable model, which finds rarer ones in milliseconds, are in tests/model/mutants.py.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from gameday.errors import GameDayError
from gameday.runs import Runs
from gameday.series import Code
from localcloud.core.paths import REPOSITORY, STATE

COPIED = (
    "budget",
    "config",
    "dr",
    "evidence",
    "gameday",
    "lambda",
    "lib",
    "localcloud",
    "main.py",
    "cdktf.json",
)
INSTALLED = ("bin", "emulator-venv")
"""What `make setup` put below `.local`, which a copy shares."""
_LAST_LINES = 5
"""Of a log: a known error is one line and an advice, and the cloud says that it stops."""
_RED = frozenset({Code.MISSED, Code.ERROR})

screen = Console(highlight=False)


class MutantSurvived(GameDayError):
    """The drill did not turn red, or not for what was broken."""


@dataclass(frozen=True, slots=True)
class Change:
    """A text that stands in a file once, and what a careless person writes instead."""

    path: str
    old: str
    new: str

    def made_in(self, folder: Path) -> None:
        """Make the change in a copy. Raises GameDayError when the text is no longer there once."""
        file = folder / self.path
        text = file.read_text()
        if text.count(self.old) != 1:
            raise GameDayError(f"{self.path} has {text.count(self.old)} times, and not once: {self.old!r}")
        file.write_text(text.replace(self.old, self.new))


@dataclass(frozen=True, slots=True)
class Mutant:
    """A bug, the scenario that must find it, and the words of which one must be in what it says."""

    bug: str
    changes: tuple[Change, ...]
    scenario: str
    names: tuple[str, ...]


_VIEW, _FLOW = "lambda/durable/lease_view.py", "lambda/intake/request_flow.py"
_LEDGER = "lambda/durable/postgresql/ledger_sql.py"
MUTANTS: Mapping[str, Mutant] = {
    "fence-off": Mutant(
        "a region acknowledges whoever holds the lease, and its ledger asks for no epoch",
        (
            Change(_VIEW, "if not lease.held_by(region):", "if False:"),
            Change(
                _VIEW,
                "if not lease.acknowledges(region, now_ms=now_ms, ttl_ms=ttl_ms, skew_ms=skew_ms):",
                "if False:",
            ),
            Change(_LEDGER, " where ledger.admit(:epoch)),", "),"),
            Change(_LEDGER, '"select ledger.admit(:epoch)"', '"select true or :epoch = 0"'),
        ),
        "S5",
        ("payments acknowledged while fenced", "times the old holder called itself ready"),
    ),
    "latch-off": Mutant(
        "automation runs on after an automatic failover",
        (Change("lambda/failover/lease.py", "automation=Automation.PAUSED,", ""),),
        "S1",
        ("failovers that left automation running",),
    ),
    "journal-off": Mutant(
        "a payment goes to the ledger without the journal",
        (Change(_FLOW, "return self._journal.accept(entry, until_ms=latest_ms)", "return entry"),),
        "S1",
        ("payments lost",),
    ),
    "lease-ttl-0": Mutant(
        "a lease ends when it begins",
        (
            Change(
                "lambda/durable/composition.py",
                "Policy(\n            ttl_ms=ttl_ms,",
                "Policy(\n            ttl_ms=0,",
            ),
        ),
        "S1",
        ("no region was ready",),
    ),
}


def plant(mutant: Mutant, folder: Path) -> None:
    """Copy what a drill needs to *folder* and break it there."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    for name in COPIED:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, folder / name)
    (folder / ".local").mkdir()
    for name in INSTALLED:
        (folder / ".local" / name).symlink_to((STATE / name).resolve())
    for change in mutant.changes:
        change.made_in(folder)


def drill(mutant: Mutant, folder: Path) -> str:
    """Run the mutant's scenario in *folder*; what named the bug. Raises MutantSurvived."""
    done = subprocess.run(
        [sys.executable, "-m", "gameday", "drill", "--scenario", mutant.scenario, "--json"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{folder / 'lambda'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    (folder / "drill.log").write_text(done.stderr)
    return verdict(mutant, done.returncode, done.stdout, done.stderr)


def verdict(mutant: Mutant, code: int, told: str, log: str) -> str:
    """What a red drill said of the bug. Pure. Raises MutantSurvived when it did not."""
    if code == Code.INVALID:
        raise MutantSurvived(f"{mutant.scenario} was invalid: {log.strip().splitlines()[-1]}")
    if code not in _RED:
        raise MutantSurvived(f"{mutant.scenario} is green although {mutant.bug}")
    said = (
        [missed for one in Runs.model_validate_json(told).outcomes for missed in one.missed] if told else []
    )
    said = said or log.strip().splitlines()[-_LAST_LINES:]
    named = [line for line in said if any(name in line for name in mutant.names)]
    if not named:
        raise MutantSurvived(f"{mutant.scenario} is red, but only says: {'; '.join(said)}")
    return "; ".join(named)


def main(
    mutant: Annotated[list[str] | None, typer.Option(help=f"One of {', '.join(MUTANTS)}.")] = None,
) -> None:
    """Break the protocol on purpose, and let the matching drill find it. Exit code 0: every bug was named.

    Each mutant takes a deployment and a drill of its own, seven minutes or so.
    """
    chosen = mutant or list(MUTANTS)
    if strange := set(chosen) - set(MUTANTS):
        raise typer.BadParameter(f"{strange.pop()} is none of {', '.join(MUTANTS)}")
    survived = False
    for name in chosen:
        folder = STATE / "mutants" / name
        screen.print(f"{name}: {MUTANTS[name].bug}; {MUTANTS[name].scenario} must turn red", soft_wrap=True)
        plant(MUTANTS[name], folder)
        try:
            screen.print(f"[green]found[/green] {drill(MUTANTS[name], folder)}", soft_wrap=True)
        except MutantSurvived as error:
            survived = True
            screen.print(f"[red]survived[/red] {error}; see {folder / 'drill.log'}", soft_wrap=True)
    raise typer.Exit(int(survived))


if __name__ == "__main__":
    typer.run(main)
