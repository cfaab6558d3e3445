"""`make setup` may be typed again, from a shell that finds this repository's own tools first."""

import os
import shutil
import subprocess
from pathlib import Path

MAKE = shutil.which("make")
ROOT = Path(__file__).parents[3]


def test_terraform_is_found_again_by_a_shell_that_finds_its_link_first(tmp_path):
    terraform = tmp_path / "installed" / "terraform"
    terraform.parent.mkdir()
    terraform.write_text("#!/bin/sh\necho Terraform\n")
    terraform.chmod(0o755)
    os.utime(terraform, (0, 0))  # older than the environment, as an installed tool is
    for name in ("Makefile", "Pipfile.lock"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / ".ready").touch()
    link = tmp_path / ".local" / "bin" / "terraform"
    path = f"{link.parent}:{terraform.parent}:{os.environ['PATH']}"
    for _ in range(2):
        subprocess.run(
            [MAKE, "--silent", ".local/bin/terraform"], cwd=tmp_path, env={"PATH": path}, check=True
        )
    assert subprocess.check_output([link], text=True) == "Terraform\n"
