"""A scenario as a Chaos Toolkit experiment. Pure.

Probes and actions are processes: the toolkit needs none of this repository's packages, and its journal keeps
what each of them wrote. https://chaostoolkit.org/reference/api/experiment/
"""

from typing import Any

from gameday.errors import NotExportable
from gameday.plan.scenario import Scenario, Side

CONTROL = "gameday.chaos.control"
_RATE = 10.0
"""Payments a second: less than a drill has, since this load must only be enough to lose some."""
_WARM_S = 15.0
"""Seconds of load before the first fault. A pause of the load itself would pass in the background."""
_MARGIN_S = 60.0


def experiment(scenario: Scenario, *, python: str) -> dict[str, Any]:
    """The experiment, whose commands the program *python* runs; raises NotExportable."""
    _check(scenario)
    moves, code = scenario.expect.moves_told, scenario.code
    return {
        "version": "1.0.0",
        "title": f"{code}: {scenario.title}",
        "description": (
            f"Who must move: {moves}; no acknowledged payment is lost. Runs against the local cloud "
            f"(make up). The verdict with all expectations, full load and sealed evidence is `make drill "
            f"SCENARIO={code}`."
        ),
        "tags": ["local-cloud", "disaster-recovery", code],
        "controls": [{"name": "timeline", "provider": {"type": "python", "module": CONTROL}}],
        "steady-state-hypothesis": {
            "title": "One region holds the lease, and a payment is acknowledged",
            "probes": [
                _probe("a region holds the lease", python, "holds"),
                _probe("a payment is acknowledged", python, "pays"),
            ],
        },
        "method": [
            _action("note who holds the lease", python, "given"),
            _probe(
                "load", python, f"load --seconds {_load_s(scenario):g} --rate {_RATE:g}", _load_s(scenario)
            )
            | {"background": True},
            *_steps(scenario, python),
            _probe(f"who moves: {moves}", python, f"expect {code}", scenario.follow.at_most_s),
            _probe("no acknowledged payment is lost", python, "balance", _load_s(scenario)),
        ],
        "rollbacks": [_action("heal every fault", python, "heal")],
    }


def _check(scenario: Scenario) -> None:
    """Refuse what a process a step cannot do as the drill does it."""
    if scenario.expect.moves > 1:
        raise NotExportable(f"{scenario.code} moves more than once, and an experiment waits for one move")
    if scenario.precondition.actions or scenario.precondition.side is not Side.ANY:
        raise NotExportable(f"{scenario.code} starts from a state that only the drill brings about")


def _steps(scenario: Scenario, python: str) -> list[dict[str, Any]]:
    """The faults, each with the pause that its place on the timeline asks for."""
    made, passed_s = [], -_WARM_S
    for number, step in sorted(enumerate(scenario.steps), key=lambda one: one[1].after_s):
        what = f"{type(step.action).__name__.lower()}: step {number} of {scenario.code}"
        action = _action(what, python, f"apply {scenario.code} {number}")
        if step.after_s > passed_s:
            action["pauses"] = {"before": step.after_s - passed_s}
        made.append(action)
        passed_s = step.after_s
    return made


def _load_s(scenario: Scenario) -> float:
    """Payments arrive until everything that may happen has had its time."""
    return _WARM_S + scenario.last_step_s + scenario.follow.at_most_s


def _probe(name: str, python: str, arguments: str, takes_s: float = 0.0) -> dict[str, Any]:
    """A command that is right when it ends with 0."""
    return {"type": "probe", "name": name, "tolerance": 0, "provider": _provider(python, arguments, takes_s)}


def _action(name: str, python: str, arguments: str) -> dict[str, Any]:
    return {"type": "action", "name": name, "provider": _provider(python, arguments, 0.0)}


def _provider(python: str, arguments: str, takes_s: float) -> dict[str, Any]:
    return {
        "type": "process",
        "path": python,
        "arguments": f"-m gameday chaos {arguments}",
        "timeout": takes_s + _MARGIN_S,
    }
