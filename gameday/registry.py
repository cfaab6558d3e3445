"""Whose drills are held: a target a system."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from rich.console import Console

from gameday.deployment import Stage
from gameday.errors import NotDeployed
from gameday.runner import LocalRunner
from gameday.series import Runner
from gameday.targets.payments.system import PAYMENTS
from gameday.targets.trading.system import TRADING
from gameday.targets.two_regions.system import TwoRegionSystem
from gameday.targets.visited import Visited
from gameday.visited_systems import SINGLE_REGION, WEBAPP
from gameday.web_runner import WebRunner
from lib.systems.load import load_any


class MakesRunner(Protocol):
    """Makes what runs drills on what is deployed."""

    def __call__(
        self, *, stage: Stage, screen: Console, evidence_folder: Path, time_scale: float, rate: float | None
    ) -> Runner:
        """The runner."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A scenario in words."""

    title: str
    expected: str
    """What the system must do."""
    moves: int = 0
    """How often service must move to another region."""


@dataclass(frozen=True, slots=True)
class Target:
    """One system's drills."""

    scenarios: Mapping[str, Listed]
    """By code, in the order in which all are held."""
    runner: MakesRunner
    usual: str
    """Code of the drill that is held when none is named."""


TARGETS: Mapping[str, Callable[[], Target]] = {
    "payments": lambda: _two_regions(PAYMENTS, "S1"),
    "trading": lambda: _two_regions(TRADING, "T-1"),
    "webapp": lambda: _visited(WEBAPP, "W-1"),
    "single-region": lambda: _visited(SINGLE_REGION, "R-1"),
}
"""By the name that SYSTEM says."""


def _two_regions(system: TwoRegionSystem, usual: str) -> Target:
    scenarios = {
        code: Listed(one.title, one.expect.moves_told, one.expect.moves)
        for code, one in system.scenarios.items()
    }
    return Target(scenarios, partial(LocalRunner, system=system), usual)


def _visited(system: Visited, usual: str) -> Target:
    scenarios = {code: Listed(one.title, one.expected) for code, one in system.scenarios.items()}
    return Target(scenarios, partial(WebRunner, visited=system), usual)


def target() -> Target:
    """The drills of the system that SYSTEM names. Raises NotDeployed where there are none."""
    name = load_any().system
    if name not in TARGETS:
        raise NotDeployed(f"SYSTEM = {name}: has no drills; systems that have: {', '.join(TARGETS)}")
    return TARGETS[name]()
