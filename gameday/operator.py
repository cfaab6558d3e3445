"""The operator of a drill: types `dr` commands at a terminal outside both regions."""

import os
import subprocess
import sys

from gameday.acts import Typed
from gameday.errors import FaultRefused
from localcloud.paths import REPOSITORY
from localcloud.state import CloudState

_WITHIN_S = 300
_SHOWN = 600


def types(state: CloudState, typed: Typed) -> None:
    """Run the command to its end. Raises FaultRefused with what it said when it does not end well."""
    region = next(iter(state.regions))
    try:
        done = subprocess.run(
            [sys.executable, "-m", "dr", *typed.words],
            cwd=REPOSITORY,
            env={**os.environ, **state.aws_environment(region)},
            capture_output=True,
            text=True,
            timeout=_WITHIN_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise FaultRefused(f"dr {typed.words[0]} did not end within {_WITHIN_S} s") from error
    if done.returncode:
        said = (done.stdout + done.stderr).strip()[-_SHOWN:]
        raise FaultRefused(f"dr {typed.words[0]} ended with {done.returncode}: {said}")
