"""The synthesized stacks of one system, in the order their dependencies give."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from localcloud.core.errors import LocalCloudError
from localcloud.core.paths import REPOSITORY
from localcloud.core.terraform import Terraform
from localcloud.core.toolchain import PROVIDER_VERSION

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stack:
    """One synthesized stack: its folder and the names of the stacks that must be there before it."""

    name: str
    folder: Path
    needs: frozenset[str]


def synthesize(
    work: Path,
    *,
    output: str = "cdktf.out",
    primary: str = "",
    issuer: str = "",
    system: str = "",
    environment: Mapping[str, str] | None = None,
) -> list[Stack]:
    """Synthesize the app for the local provider version into *output* below *work*, which holds the states.

    *primary* names the region that shall be the primary, *issuer* who issues access tokens, *system* what is
    synthesized; without them *environment* does, or this process's own, or the settings.
    """
    work.mkdir(parents=True, exist_ok=True)
    given = {"PRIMARY_REGION": primary, "TOKEN_ISSUER": issuer, "SYSTEM": system}
    done = subprocess.run(
        [sys.executable, str(REPOSITORY / "main.py")],
        cwd=work,
        env={
            **os.environ,
            "AWS_PROVIDER_VERSION": PROVIDER_VERSION,
            "CDKTF_OUTDIR": str(work / output),
            **(environment or {}),
            **{name: value for name, value in given.items() if value},
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        raise LocalCloudError(done.stderr.strip(), "the app must synthesize first: make synth")
    manifest = json.loads((work / output / "manifest.json").read_text())
    stacks = [
        Stack(
            name,
            (work / output / stack["synthesizedStackPath"]).parent,
            frozenset(stack["dependencies"]),
        )
        for name, stack in manifest["stacks"].items()
    ]
    for stack in stacks:
        _name_buckets_in_paths(stack)
    return stacks


def _name_buckets_in_paths(stack: Stack) -> None:
    """Let the providers ask for BUCKET at this machine, and not at BUCKET.127.0.0.1, which no DNS knows.

    That is what they do with a bucket that has dots in its name.
    https://developer.hashicorp.com/terraform/language/files/override
    """
    made = json.loads((stack.folder / "cdk.tf.json").read_text())
    providers = [
        {**({"alias": one["alias"]} if "alias" in one else {}), "s3_use_path_style": True}
        for one in made["provider"]["aws"]
    ]
    override = {"provider": {"aws": providers}}
    (stack.folder / "localcloud_override.tf.json").write_text(json.dumps(override, indent=2))


def in_order(stacks: list[Stack], act: Callable[[Stack], T]) -> dict[str, T]:
    """Run *act* on every stack, independent ones at the same time; the first failure is raised.

    A stack waits for those it needs.
    """
    waits = {stack.name: set(stack.needs) for stack in stacks}
    results: dict[str, T] = {}
    running: dict[Future[T], Stack] = {}
    waiting = list(stacks)
    with ThreadPoolExecutor(max_workers=len(stacks) or 1) as pool:
        while waiting or running:
            for stack in [s for s in waiting if waits[s.name] <= results.keys()]:
                waiting.remove(stack)
                running[pool.submit(act, stack)] = stack
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                results[running.pop(future).name] = future.result()
    return results


def terraform(stack: Stack, environment: Mapping[str, str]) -> Terraform:
    """Terraform in the folder of *stack*."""
    return Terraform(stack.folder, environment)
