"""People who type `dr` while a drill runs, several at once."""

import os
import subprocess
import sys
from dataclasses import dataclass

from gameday.errors import FaultRefused
from gameday.faults import Place, Places
from localcloud.paths import LOGS, REPOSITORY
from localcloud.state import CloudState

_WITHIN_S = 150.0
"""A forced failover first waits until the lease of the lost holder has run out."""
_WRONG_USAGE = 2


@dataclass(frozen=True, slots=True)
class Type:
    """*people* operators type the same command at the same time, each on a machine of its own."""

    people: int
    command: tuple[str, ...]
    to: Place

    def told(self, places: Places) -> str:
        """What is done, in words."""
        return f"{self.people} operators at once: {' '.join(self._arguments(places))}"

    def type(self, state: CloudState, places: Places) -> str:
        """Start them all, wait for their ends, and tell their exit codes. Raises FaultRefused.

        What they read on their screens is in the logs of the local cloud.
        """
        environment = os.environ | state.aws_environment(places[self.to])
        command = [sys.executable, "-m", *self._arguments(places), "--yes"]
        typed = []
        for number in range(1, self.people + 1):
            with (LOGS / f"operator-{number}.log").open("w") as screen:
                typed.append(
                    subprocess.Popen(
                        command, cwd=REPOSITORY, env=environment, stdout=screen, stderr=subprocess.STDOUT
                    )
                )
        try:
            codes = [process.wait(_WITHIN_S) for process in typed]
        except subprocess.TimeoutExpired as error:
            raise FaultRefused(f"an operator still waits after {_WITHIN_S:g} s") from error
        finally:
            for process in typed:
                process.kill()
        if _WRONG_USAGE in codes:
            raise FaultRefused(f"dr does not know this: {' '.join(command)}")
        return f"exit codes {', '.join(map(str, sorted(codes)))}"

    def _arguments(self, places: Places) -> list[str]:
        return ["dr", *self.command, "--to", places[self.to]]
