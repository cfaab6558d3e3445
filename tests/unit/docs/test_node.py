"""Which Node.js is needed is said, checked before anything is installed, and what CDKTF asks for."""

import json
import re
import shutil
import subprocess
import tarfile
from importlib.metadata import distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def asked_for() -> str:
    """The engine in the package.json of the provider bindings that jsii loads, such as ``20.9``."""
    files = distribution("cdktf-cdktf-provider-aws").files or []
    (package,) = [one.locate() for one in files if one.name.endswith(".jsii.tgz")]
    with tarfile.open(package) as archive:
        content = archive.extractfile("package/package.json")
        assert content
        engines = json.load(content)["engines"]["node"]
    found = re.fullmatch(r">= (\d+\.\d+)\.\d+", engines)
    assert found, engines
    return found[1]


def test_the_readme_and_the_makefile_say_what_cdktf_asks_for():
    least = asked_for()
    assert f"Node.js 22 or 24 ({least} works" in (ROOT / "README.md").read_text()
    assert f"Node.js {least} or newer is needed" in (ROOT / "Makefile").read_text()


def test_workflows_run_a_version_that_is_supported():
    action = (ROOT / ".github" / "actions" / "setup" / "action.yml").read_text()
    assert re.search(r'node-version: "(22|24)"', action)


@pytest.mark.parametrize(
    ("version", "accepted"), [("18.20.0", False), ("20.8.1", False), ("20.9.0", True), ("22.1.0", True)]
)
def test_setup_refuses_what_is_too_old(version, accepted):
    check = re.search(r"node -e '([^']+)'", (ROOT / "Makefile").read_text())
    assert check
    script = f"Object.defineProperty(process.versions, 'node', {{value: '{version}'}}); {check[1]}"
    done = subprocess.run([shutil.which("node") or "node", "-e", script], check=False, timeout=300)
    assert (done.returncode == 0) is accepted
