"""People who type `dr` while a drill runs, outside both regions; several at once if need be."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gameday.errors import FaultRefused
from gameday.plan.faults import Place, Places
from localcloud.core.paths import LOGS, REPOSITORY
from localcloud.core.state import CloudState

_WITHIN_S = 300.0
_SHOWN = 600
_WRONG_USAGE = 2


@dataclass(frozen=True, slots=True)
class Typed:
    """*people* operators type `dr` with the same words at the same time, each on a machine of its own."""

    words: tuple[str, ...]
    people: int = 1
    to: Place | None = None
    """The region that the command is about, for those that ask for one."""
    refusable: bool = False
    """Whether the command may also be refused: of several people only one can win."""

    def describe(self, places: Places) -> str:
        """What is done, in words."""
        who = "operator" if self.people == 1 else f"{self.people} operators at once"
        return f"{who}: dr {' '.join(self._words(places))}"

    def type(self, state: CloudState, places: Places) -> str:
        """Start them all, wait for their ends, and tell their exit codes. Raises FaultRefused.

        What they read on their screens is in the logs of the local cloud.
        """
        region = places[self.to] if self.to else next(iter(state.regions))
        command = [sys.executable, "-m", "dr", *self._words(places)]
        screens = [LOGS / f"operator-{number}.log" for number in range(1, self.people + 1)]
        codes = self._codes(command, screens, os.environ | state.aws_environment(region))
        for code, screen in zip(codes, screens, strict=True):
            if code == _WRONG_USAGE or (code and not self.refusable):
                said = screen.read_text().strip()[-_SHOWN:]
                raise FaultRefused(f"dr {self.words[0]} ended with {code}: {said}")
        return f"exit codes {', '.join(map(str, sorted(codes)))}"

    def _codes(
        self, command: Sequence[str], screens: Sequence[Path], environment: dict[str, str]
    ) -> list[int]:
        typed = []
        for path in screens:
            with path.open("w") as screen:
                typed.append(
                    subprocess.Popen(
                        command, cwd=REPOSITORY, env=environment, stdout=screen, stderr=subprocess.STDOUT
                    )
                )
        try:
            return [process.wait(_WITHIN_S) for process in typed]
        except subprocess.TimeoutExpired as error:
            raise FaultRefused(f"dr {self.words[0]} did not end within {_WITHIN_S:g} s") from error
        finally:
            for process in typed:
                process.kill()

    def _words(self, places: Places) -> list[str]:
        return [*self.words, *(["--to", places[self.to]] if self.to else [])]


SWITCHOVER = Typed(("switchover", "--yes"))
HALT = Typed(("halt", "drill"))
RESUME_TRADING = Typed(("resume-trading",))
FAILBACK = Typed(("failback", "--soak", "0", "--yes"))
