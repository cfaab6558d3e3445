"""The stage of a drill: a fresh local cloud with everything deployed, which ends with the drill."""

import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from gameday.judge.summary import Terraform
from gameday.plan.scenario import Plans
from gameday.targets.control import HEAL, order
from localcloud import deployment, lifecycle
from localcloud.core.errors import LocalCloudError, TerraformFailed
from localcloud.core.paths import EMULATOR_PYTHON, REPOSITORY
from localcloud.core.stacks import Stack
from localcloud.core.state import CloudState
from localcloud.core.toolchain import PROVIDER_VERSION, find_binary
from localcloud.systems.registry import local_system


@dataclass(frozen=True, slots=True)
class Stage:
    """What is known of the deployment before the drill begins."""

    terraform: Terraform
    versions: dict[str, str]
    cloud: CloudState
    stacks: Sequence[Stack]

    def plans_after(
        self, plans: Plans, survivor: str, say: Callable[[str], None]
    ) -> dict[str, int | None] | None:
        """Changes that plans would make now, by stack, None where there is no plan; None: none was asked for.

        While a region is dead, the plan of the stack *survivor* is made from its state: reading IAM again
        would ask a control plane that may be homed in the dead region. With both alive, all is read again.
        """
        if plans is Plans.NONE:
            return None
        alone = plans is Plans.SURVIVOR
        stacks = [stack for stack in self.stacks if not alone or stack.name == survivor]
        say(f"planning {_named(stacks)} after the fault")
        changes = self._changes(stacks, say, refresh=not alone)
        if plans is Plans.SWAPPED:
            stacks = deployment.with_swapped_roles(self.cloud)
            say(f"planning {_named(stacks)} with the roles swapped in the settings")
            swapped = self._changes(stacks, say, but_tags=True)
            changes |= {f"{name} with swapped roles": made for name, made in swapped.items()}
        return changes

    def _changes(
        self,
        stacks: Sequence[Stack],
        say: Callable[[str], None],
        *,
        refresh: bool = True,
        but_tags: bool = False,
    ) -> dict[str, int | None]:
        def count(stack: Stack) -> int | None:
            try:
                made = deployment.planned_changes(self.cloud, [stack], refresh=refresh, but_tags=but_tags)
            except TerraformFailed as error:
                say(f"there is no plan: {error}")
                return None
            return made[stack.name]

        with ThreadPoolExecutor(max_workers=len(stacks)) as pool:
            return dict(zip((stack.name for stack in stacks), pool.map(count, stacks), strict=True))


@contextmanager
def fresh(say: Callable[[str], None], *, time_scale: float) -> Iterator[Stage]:
    """Deploy into a new local cloud; it ends with the block or with this process, however that ends.

    Raises LocalCloudError when a cloud runs already: it would not survive the drill.
    """
    if lifecycle.running():
        raise LocalCloudError(
            "a local cloud is running, and a drill breaks the one it works on",
            "stop it first (make down), or break it and heal it: make drill ON=--running",
        )
    try:
        cloud = lifecycle.start(say, attached=True, time_scale=time_scale)
        yield _deployed(cloud, say, whole=True)
    finally:
        lifecycle.stop(say)


@contextmanager
def standing(say: Callable[[str], None]) -> Iterator[Stage]:
    """What is deployed in the local cloud that runs; it goes on running. Raises LocalCloudError without one.

    Every fault ends first, or Terraform would wait for a dead region. How long its apply took is not known
    here: whatever changed since is applied.
    """
    if not lifecycle.running():
        raise LocalCloudError("no local cloud is running", "start one: make up")
    cloud = CloudState.load()
    order(cloud, HEAL)
    yield _deployed(cloud, say, whole=False)


def _deployed(cloud: CloudState, say: Callable[[str], None], *, whole: bool) -> Stage:
    made = deployment.deploy(cloud, say)
    say("planning again: nothing may be left to change")
    changes = deployment.planned_changes(cloud, made.stacks)
    local_system().wait_until_ready(cloud, say)
    return Stage(
        Terraform(
            resources=made.resources,
            apply_s=round(made.apply_s, 1) if whole else None,
            second_plan_changes=sum(changes.values()),
        ),
        _versions(),
        cloud,
        made.stacks,
    )


def _named(stacks: Sequence[Stack]) -> str:
    return ", ".join(stack.name for stack in stacks)


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
