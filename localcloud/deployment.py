"""What is deployed in a running local cloud: apply, plan again, destroy."""

import fcntl
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import boto3

from dr import outputs as deployed
from dr.doctor.aws import Account
from lib.systems.load import load_settings
from localcloud.core.paths import LAST_OUTPUTS, OUTPUTS, STATE, WORK
from localcloud.core.stacks import Stack, in_order, synthesize, terraform
from localcloud.core.state import CloudState
from localcloud.core.terraform import Terraform
from localcloud.systems.registry import local_system

Say = Callable[[str], None]

DEPLOY_LOCK = STATE / "deploy.lock"


@dataclass(frozen=True, slots=True)
class Deployment:
    """What the deploy did: stacks in order, managed resources, seconds it took."""

    stacks: list[Stack]
    resources: int
    apply_s: float


def deploy(cloud: CloudState, say: Say) -> Deployment:
    """Synthesize and apply every stack with the real provider, and write the flat outputs.

    One deploy at a time: a second one waits, and then finds little to do.
    """
    with _alone(say):
        return _deploy(cloud, say)


@contextmanager
def _alone(say: Say) -> Iterator[None]:
    with DEPLOY_LOCK.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another deploy is under way: waiting for its end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _deploy(cloud: CloudState, say: Say) -> Deployment:
    began = time.monotonic()
    say("synthesizing the stacks")
    system = local_system()
    system.publish(cloud)
    stacks = synthesize(WORK, issuer=cloud.issuer, environment=system.synthesis)

    def apply(stack: Stack) -> int:
        tool = terraform(stack, cloud.aws_environment(next(iter(cloud.regions))))
        say(f"applying {stack.name}")
        tool.init()
        tool.apply()
        resources = tool.resources()
        say(f"applied {stack.name}: {resources} resources, {time.monotonic() - began:.0f} s")
        return resources

    resources = in_order(stacks, apply)
    outputs = {stack.name: _tool(cloud, stack).outputs() for stack in stacks}
    for file in (OUTPUTS, LAST_OUTPUTS):
        deployed.write(outputs, file)
    return Deployment(stacks, sum(resources.values()), time.monotonic() - began)


def planned_changes(
    cloud: CloudState, stacks: list[Stack], *, refresh: bool = True, but_tags: bool = False
) -> dict[str, int]:
    """How many changes a second plan of each stack would make; all zero right after a deploy."""

    def count(stack: Stack) -> int:
        return _tool(cloud, stack).planned_changes(refresh=refresh, but_tags=but_tags)

    with ThreadPoolExecutor(max_workers=len(stacks)) as pool:
        return {stack.name: changes for stack, changes in zip(stacks, pool.map(count, stacks), strict=True)}


def with_swapped_roles(cloud: CloudState) -> list[Stack]:
    """The stacks as they are when the settings name the other region as the primary, ready to be planned."""
    swapped = load_settings().standby.name
    stacks = synthesize(WORK, output="swapped.out", primary=swapped, issuer=cloud.issuer)
    for stack in stacks:
        _tool(cloud, stack).init()
    return stacks


def destroy(cloud: CloudState, say: Say) -> int:
    """Destroy every stack, in the order of `make destroy`; returns how many resources are left."""
    system = local_system()
    made = synthesize(WORK, issuer=cloud.issuer, environment=system.synthesis)
    stacks = {stack.name: stack for stack in made}
    order = system.destruction(Account(partial(_client, cloud)), stacks.values())

    def remove(stack: Stack) -> int:
        tool = _tool(cloud, stack)
        say(f"destroying {stack.name}")
        tool.destroy()
        return tool.resources()

    return sum(remove(stacks[name]) for name in order)


def _client(cloud: CloudState, service: str, **options: Any) -> Any:
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=cloud.operator_endpoint,
        aws_access_key_id=cloud.access_key_id,
        aws_secret_access_key=cloud.secret_access_key,
        **options,
    )


def _tool(cloud: CloudState, stack: Stack) -> Terraform:
    return terraform(stack, cloud.aws_environment(next(iter(cloud.regions))))
