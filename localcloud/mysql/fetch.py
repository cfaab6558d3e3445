"""Fetches a server from Debian's archive into a folder, as any user: packages are unpacked, not installed.

The archive's signatures are checked by apt, with the key that Debian itself ships. A release of Debian keeps
one series of MariaDB, and only its unstable one has MySQL: which version came is told by the server itself.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from localcloud.core.errors import MissingTool
from localcloud.core.processes import run

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_NEEDED = ("apt-get", "apt-cache", "dpkg-deb")
_NOT_RUN = ("perl", "libperl", "libdb5", "libgdbm", "gcc-")
"""Names of packages that a server depends on for its scripts only."""
_DEPENDS = ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")
_WITHIN_S = 300.0
_ADVICE = "install MySQL 8 or newer, or MariaDB, so that mysqld is on PATH (macOS: brew install mysql)"


def fetch(package: str, suite: str, into: Path) -> None:
    """Unpack *package* of Debian's *suite*, and what it needs to run, below *into*, which is new.

    Raises MissingTool: this machine has no apt, or the archive did not answer.
    """
    missing = [tool for tool in _NEEDED if shutil.which(tool) is None]
    if missing or not KEYRING.is_file():
        raise MissingTool(f"MySQL cannot be fetched without {', '.join(missing) or KEYRING}", _ADVICE)
    draft = into.with_name(f"{into.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    debs = draft / "debs"
    for folder in ("lists/partial", "cache/archives/partial", "debs"):
        (draft / folder).mkdir(parents=True)
    options = _options(draft, suite)
    _call(["apt-get", *options, "update", "-qq"])
    _call(["apt-get", *options, "download", "-qq", *_closure(package, options)], cwd=debs)
    for archive in sorted(debs.glob("*.deb")):
        _call(["dpkg-deb", "-x", archive, draft / "root"])
    shutil.rmtree(into, ignore_errors=True)
    (draft / "root").rename(into)
    shutil.rmtree(draft)


def _options(folder: Path, suite: str) -> list[str]:
    """Options that give apt lists and caches of its own, so that nobody needs to be root."""
    source = folder / "sources.list"
    source.write_text(f"deb [signed-by={KEYRING}] {_mirror()} {suite} main\n")
    own = {
        "Dir::Etc::sourcelist": source,
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "Debug::NoLocking": "1",
        "APT::Sandbox::User": "",
    }
    return [part for name, value in own.items() for part in ("-o", f"{name}={value}")]


def _mirror() -> str:
    """The archive that this machine fetches Debian's packages from."""
    told = _call(["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"])
    mirrors = [line for line in told.splitlines() if line.rstrip("/").endswith("/debian")]
    if not mirrors:
        raise MissingTool("MySQL cannot be fetched: apt knows no archive of Debian", _ADVICE)
    return mirrors[0]


def _closure(package: str, options: Sequence[str]) -> list[str]:
    """The package with all that it needs to run."""
    without = [f"--no-{kind}" for kind in _DEPENDS]
    told = _call(["apt-cache", *options, "depends", "--recurse", *without, package])
    names = {line for line in told.splitlines() if line[:1].isalpha()}
    return sorted(name for name in names if not name.startswith(_NOT_RUN))


def _call(command: Sequence[str | Path], cwd: Path = Path("/")) -> str:
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
    try:
        done = run(command, account=None, cwd=cwd, env=environment, timeout_s=_WITHIN_S)
    except subprocess.TimeoutExpired as error:
        raise MissingTool(f"{command[0]} did not end within {_WITHIN_S:g} s", _ADVICE) from error
    if done.returncode != 0:
        raise MissingTool(f"{command[0]} failed:\n{done.stdout.strip()}", _ADVICE)
    return done.stdout
