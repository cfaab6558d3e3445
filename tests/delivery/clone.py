"""A clone of this repository in a folder of its own, and what its user types there."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localcloud.core.toolchain import PROVIDER_VERSION, find_mirror

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("apps", "budget", "config", "dr", "evidence", "lambda", "lib", "localcloud", "tests/integration")
FILES = (
    "Makefile",
    "Pipfile",
    "Pipfile.lock",
    "cdktf.json",
    "cfn-outputs/README.md",
    "main.py",
    "package-lock.json",
    "package.json",
    "pyproject.toml",
)
SHARED = (".venv", "node_modules", ".local/bin", ".local/emulator-venv")
"""What `make setup` installed; a clone of its own would install the same."""
LONGEST_S = 3000
"""Bound of a command that hangs; a deploy of both regions takes five minutes on two idle cores."""


@dataclass(frozen=True)
class Clone:
    """One user: a folder, and the suffix of an environment."""

    folder: Path
    suffix: str

    @classmethod
    def of(cls, folder: Path, suffix: str) -> "Clone":
        """Copy what is deployed from, and share what is installed."""
        for name in COPIED:
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in FILES:
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
        for name in SHARED:
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).symlink_to(ROOT / name)
        return cls(folder, suffix)

    def edit(self, name: str, old: str, new: str) -> None:
        """Change one place of a file."""
        path = self.folder / name
        text = path.read_text()
        assert text.count(old) == 1
        path.write_text(text.replace(old, new))

    def type(self, *command: str, accepted: int = 0) -> str:
        """Run *command* in the folder, as in a shell of its user; what it printed."""
        name = re.sub(r"[^\w.-]+", "-", "-".join(command[1:]))[:60]
        with (self.folder / f"{name}.log").open("w+") as log:
            done = subprocess.run(
                command,
                cwd=self.folder,
                env=self._environment(os.environ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                timeout=LONGEST_S,
                check=False,
            )
            log.seek(0)
            shown = log.read()
        assert done.returncode == accepted, f"{' '.join(command)} in {self.suffix}:\n{shown[-6000:]}"
        return shown

    def make(self, *arguments: str) -> str:
        """Type a target of the Makefile."""
        return self.type("make", *arguments, "CDKTF_FLAGS=--skip-provider-lock")

    def python(self, *arguments: str, accepted: int = 0) -> str:
        """Type a command of ours."""
        return self.type(".venv/bin/python", *arguments, accepted=accepted)

    def resources(self) -> dict[str, int]:
        """How many managed resources each state knows."""
        states = {path.name: json.loads(path.read_text()) for path in self.folder.glob("terraform.*.tfstate")}
        return {
            name: sum(one["mode"] == "managed" for one in state["resources"])
            for name, state in states.items()
        }

    def _environment(self, ours: Mapping[str, str]) -> dict[str, str]:
        dropped = ("TF_CLI_CONFIG_FILE", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")
        mirror = find_mirror()
        return {name: value for name, value in ours.items() if name not in dropped} | {
            "AWS_PROVIDER_VERSION": PROVIDER_VERSION,
            "CHECKPOINT_DISABLE": "1",
            "CI": "true",
            "ENVIRONMENT_SUFFIX": self.suffix,
            "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
            "PATH": f"{ROOT / '.local' / 'bin'}:{Path(sys.executable).parent}:{ours['PATH']}",
            "TF_CLI_ARGS_init": f"-plugin-dir={mirror}" if mirror else "",
        }
