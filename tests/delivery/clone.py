"""A clone of this repository in a folder of its own, and what its user types there."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from localcloud.toolchain import PROVIDER_VERSION, find_mirror

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("config", "dr", "lambda", "lib", "tests/integration")
FILES = ("cdktf.json", "cfn-outputs/README.md", "main.py", "package.json", "pyproject.toml")
SHARED = (".venv", "node_modules")
"""What `make setup` installed; a clone of its own would install the same."""
LAUNCHER = ["node_modules/.bin/cdktf"]
DEPLOY_S = 1500


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
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=DEPLOY_S,
            check=False,
        )
        shown = done.stdout + done.stderr
        (self.folder / f"{command[-1].strip('*').rpartition('/')[2] or command[1]}.log").write_text(shown)
        assert done.returncode == accepted, f"{' '.join(command)} in {self.suffix}:\n{shown[-6000:]}"
        return shown

    def cdktf(self, what: str, *arguments: str) -> str:
        """Type `cdktf deploy '*'` or `cdktf destroy '*'`, as the Makefile does."""
        flags = ["--auto-approve", "--skip-provider-lock"]
        return self.type(*LAUNCHER, what, "*", *flags, *arguments)

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

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name != "TF_CLI_CONFIG_FILE"}
        mirror = find_mirror()
        return kept | {
            "AWS_PROVIDER_VERSION": PROVIDER_VERSION,
            "CDKTF_FLAGS": "--skip-provider-lock",
            "CHECKPOINT_DISABLE": "1",
            "CI": "true",
            "ENVIRONMENT_SUFFIX": self.suffix,
            "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
            "PATH": f"{ROOT / '.local' / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "TF_CLI_ARGS_init": f"-plugin-dir={mirror}" if mirror else "",
        }
