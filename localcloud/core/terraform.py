"""Terraform with the real AWS provider, in one working folder."""

import json
import os
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localcloud.core.errors import TerraformFailed
from localcloud.core.paths import LOGS, STATE
from localcloud.core.toolchain import find_binary, find_mirror

PLUGIN_CACHE = STATE / "terraform-plugins"
"""Where Terraform keeps what the registry gave it, so that four stacks download one provider."""
_CACHE_IN_USE = threading.Lock()  # the cache does not allow two `init` at once
CHANGES = 2
"""Exit code of `terraform plan -detailed-exitcode` when there is something to do."""


@dataclass(frozen=True, slots=True)
class Terraform:
    """Terraform in one working folder. Every call runs under a timeout, in seconds."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    binary: str = field(default_factory=find_binary)
    mirror: Path | None = field(default_factory=find_mirror)

    def init(self) -> None:
        """Make the folder ready; the provider comes from the mirror or, without one, the registry."""
        if self.mirror:
            self._run("init", f"-plugin-dir={self.mirror}", timeout=60)
            return
        with _CACHE_IN_USE:
            PLUGIN_CACHE.mkdir(parents=True, exist_ok=True)
            self._run("init", timeout=600, environment={"TF_PLUGIN_CACHE_DIR": str(PLUGIN_CACHE)})

    def validate(self) -> list[str]:
        """The provider's complaints about the configuration, none when it is valid."""
        answer = self._run("validate", "-json", timeout=120, accepted=(0, 1))
        return [
            f"{problem['summary']}: {problem.get('detail', '')}"
            for problem in json.loads(answer)["diagnostics"]
            if problem["severity"] == "error"
        ]

    def apply(self) -> None:
        """Make the cloud what the configuration says."""
        self._run("apply", "-auto-approve", "-input=false", "-parallelism=20", timeout=600)

    def destroy(self) -> None:
        """Remove all that the state knows."""
        self._run("destroy", "-auto-approve", "-input=false", "-parallelism=20", timeout=900)

    def planned_changes(self, *, refresh: bool = True, but_tags: bool = False) -> int:
        """How many resources a fresh plan would create, change or destroy; *but_tags*: in more than tags."""
        changes = [found["change"] for found in self.plan(refresh=refresh).get("resource_changes", [])]
        made = [change for change in changes if change["actions"] not in (["no-op"], ["read"])]
        return sum(not (but_tags and _only_tags(change)) for change in made)

    def plan(self, *, refresh: bool = True) -> dict[str, Any]:
        """A fresh plan as `terraform show -json` prints it.

        Without *refresh* it is made from the state and asks AWS for data sources only.
        """
        plan = self.folder / "second.plan"
        self._run(
            "plan",
            "-detailed-exitcode",
            "-input=false",
            f"-refresh={str(refresh).lower()}",
            f"-out={plan}",
            timeout=300,
            accepted=(0, CHANGES),
        )
        shown: dict[str, Any] = json.loads(self._run("show", "-json", str(plan), timeout=60))
        return shown

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs by name."""
        answer = json.loads(self._run("output", "-json", timeout=60))
        return {name: output["value"] for name, output in answer.items()}

    def resources(self) -> int:
        """How many managed resources the state holds."""
        listed = self._run("state", "list", timeout=60).splitlines()
        return sum(not line.startswith("data.") for line in listed)

    def _run(
        self,
        *arguments: str,
        timeout: float,
        accepted: tuple[int, ...] = (0,),
        environment: Mapping[str, str] | None = None,
    ) -> str:
        what = f"terraform {arguments[0]} in {self.folder.name}"
        try:
            done = subprocess.run(
                [self.binary, *arguments],
                cwd=self.folder,
                env=_clean_environment() | dict(self.environment) | dict(environment or {}),
                capture_output=True,
                text=True,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise TerraformFailed(
                f"{what} was still running after {timeout:.0f} s and was stopped",
                f"look at {LOGS}/emulator.log for the call that never got its answer",
            ) from None
        if done.returncode not in accepted:
            tail = "\n".join((done.stderr or done.stdout).strip().splitlines()[-40:])
            raise TerraformFailed(f"{what} failed:\n{tail}", "mend what it names and run the command again")
        return done.stdout


def _clean_environment() -> dict[str, str]:
    """This process's environment without what would point Terraform at somebody's real account."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    named = kept.get("TF_CLI_CONFIG_FILE")
    if named and not Path(named).exists():
        del kept["TF_CLI_CONFIG_FILE"]
    return kept | {
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
        "NO_COLOR": "1",
        "TF_CLI_ARGS": "-no-color",
    }


def _only_tags(change: Mapping[str, Any]) -> bool:
    before, after = (
        {key: value for key, value in (change[side] or {}).items() if key not in ("tags", "tags_all")}
        for side in ("before", "after")
    )
    return change["actions"] == ["update"] and before == after
