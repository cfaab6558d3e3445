"""One scenario after the other: on one deployment where it can be healed, on a new one where not."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Protocol

from gameday.errors import GameDayError
from gameday.judge.summary import Judged, Verdict
from localcloud.core.errors import LocalCloudError


class Code(IntEnum):
    """Exit codes of a drill."""

    MET = 0
    MISSED = 1
    ERROR = 2
    INVALID = 3

    @classmethod
    def of(cls, verdict: Verdict) -> "Code":
        """The code of one verdict."""
        return cls[verdict.upper()]


@dataclass(frozen=True, slots=True)
class Ran:
    """One drill of a series, with its summary if there was a verdict."""

    scenario: str
    code: Code
    summary: Judged | None = None
    superseded: bool = False
    """Whether it was invalid and held again: then it counts for nothing."""


class Runner(Protocol):
    """A deployed system to run scenarios on."""

    def drill(self, scenario: str) -> Judged:
        """Run one scenario. Raises GameDayError when there is no verdict."""

    def heal(self) -> None:
        """Make it whole again. Raises GameDayError when only a new deployment helps."""


def run_series(
    scenarios: Sequence[str],
    deploy: Callable[[], AbstractContextManager[Runner]],
    say: Callable[[str], None],
    *,
    retries: int = 0,
) -> list[Ran]:
    """Run all *scenarios*, each as often as it is named. A drill without a verdict spoils its runner.

    So many invalid runs in all, which prove nothing, are held again.
    """
    outcomes: list[Ran] = []
    left = list(scenarios)
    while left:
        with deploy() as runner:
            while left:
                if not _drill(runner, left.pop(0), outcomes, say):
                    break
                if outcomes[-1].code is Code.INVALID and retries:
                    retries -= 1
                    outcomes[-1] = replace(outcomes[-1], superseded=True)
                    left.insert(0, outcomes[-1].scenario)
                if not left or not _healed(runner, say):
                    break
                say(f"healed: {left[0]} runs on the same deployment")
        if left:
            say(f"deploying anew for {left[0]}")
    return outcomes


def worst(outcomes: Sequence[Code]) -> Code:
    """The code that a series ends with: an error before a miss, and a miss before an invalid run."""
    order = (Code.ERROR, Code.MISSED, Code.INVALID)
    return next((code for code in order if code in outcomes), Code.MET)


def _drill(runner: Runner, scenario: str, outcomes: list[Ran], say: Callable[[str], None]) -> bool:
    try:
        summary = runner.drill(scenario)
        outcomes.append(Ran(scenario, Code.of(summary.verdict), summary))
    except (GameDayError, LocalCloudError) as error:
        outcomes.append(Ran(scenario, Code.ERROR))
        say(f"{scenario} has no verdict: {error}")
        return False
    return True


def _healed(runner: Runner, say: Callable[[str], None]) -> bool:
    try:
        runner.heal()
    except GameDayError as error:
        say(f"the cloud cannot be healed: {error}")
        return False
    return True
