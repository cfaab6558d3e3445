"""The stage of a drill: a fresh local cloud with everything deployed, which ends with the drill."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from gameday.summary import Terraform
from localcloud import lifecycle
from localcloud.errors import LocalCloudError
from localcloud.paths import EMULATOR_PYTHON, REPOSITORY
from localcloud.terraform import PROVIDER_VERSION, find_binary


@dataclass(frozen=True, slots=True)
class Stage:
    """What is known of the deployment before the drill begins."""

    terraform: Terraform
    versions: dict[str, str]


@contextmanager
def fresh(say: Callable[[str], None], *, time_scale: float) -> Iterator[Stage]:
    """Deploy into a new local cloud; it ends with the block or with this process, however that ends.

    Raises LocalCloudError when a cloud runs already: it would not survive the drill.
    """
    if lifecycle.running():
        raise LocalCloudError(
            "a local cloud is running, and a drill breaks the one it works on", "stop it first: make down"
        )
    try:
        cloud = lifecycle.start(say, attached=True, time_scale=time_scale)
        deployment = lifecycle.deploy(cloud, say)
        say("planning again: nothing may be left to change")
        changes = lifecycle.planned_changes(cloud, deployment.stacks)
        lifecycle.wait_until_ready(next(iter(cloud.regions.values())).front_door, say)
        yield Stage(
            Terraform(
                resources=deployment.resources,
                apply_s=round(deployment.apply_s, 1),
                second_plan_changes=sum(changes.values()),
            ),
            _versions(),
        )
    finally:
        lifecycle.stop(say)


def _versions() -> dict[str, str]:
    """Versions of what was deployed, by what, into what."""
    terraform = json.loads(_output(find_binary(), "version", "-json"))["terraform_version"]
    name = "from importlib.metadata import version; print(version('ministack'))"
    return {
        "revision": _output("git", "describe", "--always", "--dirty", "--abbrev=12"),
        "terraform": terraform,
        "terraform-provider-aws": PROVIDER_VERSION,
        "ministack": _output(str(EMULATOR_PYTHON), "-c", name),
    }


def _output(*command: str) -> str:
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=20, check=False)
    return done.stdout.strip() or "unknown"
