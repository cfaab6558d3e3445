"""An operator who pastes blocks of a runbook into a shell while a drill runs."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from gameday.errors import FaultRefused
from gameday.plan.faults import Place, Places
from localcloud.core.paths import LOGS, REPOSITORY
from localcloud.core.state import CloudState

RUNBOOKS = REPOSITORY / "docs" / "runbooks"
_BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
_HEADER = re.compile(r"^export AWS_REGION=\S+ SUFFIX=\S+.*$", re.MULTILINE)
_SHIM = '#!/bin/sh\nexec "{python}" -m {module} "$@"\n'
_PROGRAMS = {"aws": "localcloud.aws_cli", "dr": "dr"}
_WITHIN_S = 300.0


@dataclass(frozen=True, slots=True)
class Pasted:
    """One block after the other of a page, by its number from 1; its first block names region and suffix."""

    page: str
    """Path below docs/runbooks."""
    blocks: tuple[int, ...]
    place: Place
    """The region that the reader writes into the first block."""

    def describe(self, places: Places) -> str:
        """What is done, in words."""
        numbers = ", ".join(map(str, self.blocks))
        return f"operator in {places[self.place]}: {Path(self.page).stem}, block {numbers}"

    def script(self, region: str, suffix: str) -> str:
        """What the shell gets. Raises FaultRefused when the page has no such block."""
        found = _BLOCK.findall((RUNBOOKS / self.page).read_text())
        header, edits = _HEADER.subn(f"export AWS_REGION={region} SUFFIX={suffix}", found[0])
        if edits != 1 or len(found) <= max(self.blocks):
            raise FaultRefused(f"{self.page} has no first block with region and suffix, or too few blocks")
        return "\n".join([header, *(found[number] for number in self.blocks)])

    def paste(self, state: CloudState, places: Places, suffix: str) -> str:
        """Paste them and wait for the end of all. Raises FaultRefused when a command fails."""
        region = places[self.place]
        screen = LOGS / "operator-pasted.log"
        with TemporaryDirectory() as folder, screen.open("w") as written:
            for name, module in _PROGRAMS.items():
                program = Path(folder) / name
                program.write_text(_SHIM.format(python=sys.executable, module=module))
                program.chmod(0o700)
            environment = os.environ | state.aws_environment(region)
            environment["PATH"] = f"{folder}:{environment['PATH']}"
            try:
                done = subprocess.run(
                    ["/bin/bash", "-eu", "-o", "pipefail", "-c", self.script(region, suffix)],
                    cwd=REPOSITORY,
                    env=environment,
                    stdout=written,
                    stderr=subprocess.STDOUT,
                    timeout=_WITHIN_S,
                    check=False,
                )
            except subprocess.TimeoutExpired as error:
                raise FaultRefused(f"{self.page} did not end within {_WITHIN_S:g} s") from error
        if done.returncode:
            said = screen.read_text().strip()[-600:]
            raise FaultRefused(f"{self.page} ended with {done.returncode}: {said}")
        return "done"
