"""An operator who only looks, with `dr`, while a drill runs: how long it takes and what is said."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gameday.errors import FaultRefused
from gameday.plan.faults import Place, Places, Step
from localcloud.core.paths import REPOSITORY
from localcloud.core.state import CloudState

WITHIN_S = 10.0
"""With a whole region gone `dr status` and `dr check` answer in this time, their start included."""
_GIVEN_UP_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DrAnswer:
    """What one command that only looks took and said."""

    at: float
    command: str
    seconds: float
    within_s: float
    exit_code: int
    document: Mapping[str, Any] = field(default_factory=dict)
    """What it printed with `--json`."""

    def describe(self) -> str:
        """How it ended, in words."""
        return f"exit code {self.exit_code} after {self.seconds:.1f} s"

    def takes_for_alive(self, region: str) -> bool:
        """Whether it does not say that *region* answers nobody."""
        views = {view["region"]: view["live"] for view in self.document.get("regions", ())}
        if views:
            return views.get(region) != "unreachable"
        return not any(reason.startswith(region) for reason in self.document.get("unknown", ()))


@dataclass(frozen=True, slots=True)
class AskDr:
    """An operator types `dr` with these words and `--json`; no exit code is wrong in a disaster."""

    words: tuple[str, ...]
    within_s: float = WITHIN_S

    def describe(self, _: Places) -> str:
        """What is done, in words."""
        return f"operator: dr {' '.join(self.words)} --json"

    def ask(self, state: CloudState, places: Places) -> DrAnswer:
        """Type it outside both regions and wait for its end. Raises FaultRefused without a document."""
        at, began = time.time(), time.monotonic()
        done = self._run(os.environ | state.aws_environment(places[Place.OTHER]))
        seconds = round(time.monotonic() - began, 3)
        try:
            document = dict(json.loads(done.stdout))
        except ValueError as error:
            said = done.stderr.strip()[-300:]
            raise FaultRefused(f"dr {self.words[0]} ended with {done.returncode}: {said}") from error
        return DrAnswer(
            at=at,
            command=" ".join(self.words),
            seconds=seconds,
            within_s=self.within_s,
            exit_code=done.returncode,
            document=document,
        )

    def _run(self, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "dr", *self.words, "--json"]
        try:
            return subprocess.run(
                command,
                cwd=REPOSITORY,
                env=environment,
                capture_output=True,
                text=True,
                timeout=_GIVEN_UP_S,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise FaultRefused(f"dr {self.words[0]} did not end within {_GIVEN_UP_S:g} s") from error


def one_after_the_other(*commands: str, after_s: float) -> tuple[Step, ...]:
    """What an operator asks who begins *after_s* seconds after the fault."""
    return tuple(Step(after_s=after_s, action=AskDr((command,))) for command in commands)


def slowest(answers: Iterable[DrAnswer]) -> Mapping[str, tuple[float, float]]:
    """The longest that each command took in seconds, and what it was promised to take."""
    found: dict[str, tuple[float, float]] = {}
    for answer in answers:
        before, _ = found.get(answer.command, (0.0, answer.within_s))
        found[answer.command] = (max(before, answer.seconds), answer.within_s)
    return found
