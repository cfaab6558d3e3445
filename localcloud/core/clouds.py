"""The local clouds of this checkout: one a system, side by side."""

import os
from collections.abc import Mapping
from pathlib import Path

from localcloud.core.errors import LocalCloudError
from localcloud.core.paths import CLOUDS, SYSTEM
from localcloud.core.state import CloudState


def started(clouds: Path = CLOUDS) -> list[str]:
    """The systems whose cloud was started and not stopped."""
    return sorted(file.parent.name for file in clouds.glob("*/cloud.json"))


def meant(environment: Mapping[str, str] = os.environ, clouds: Path = CLOUDS) -> Path:
    """The file of the cloud that a command without arguments is about: of SYSTEM, else of the only one.

    Raises:
        LocalCloudError: SYSTEM is not set, and several were started.
    """
    found = started(clouds)
    if not environment.get("SYSTEM") and len(found) > 1:
        raise LocalCloudError(
            f"several local clouds run: {', '.join(found)}", f"say which one: SYSTEM={found[0]}"
        )
    system = environment.get("SYSTEM") or next(iter(found), SYSTEM)
    return clouds / system / "cloud.json"


def load(environment: Mapping[str, str] = os.environ, clouds: Path = CLOUDS) -> CloudState:
    """The cloud that is meant. Raises LocalCloudError; NotRunning when there is none."""
    return CloudState.load(meant(environment, clouds))
