"""Finds a server that speaks MySQL: what was fetched before, MySQL on PATH, or what can be fetched now."""

import fcntl
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from localcloud.core.errors import MissingTool
from localcloud.core.paths import STATE
from localcloud.core.processes import run
from localcloud.mysql.fetch import fetch

OLDEST = 8
"""Of MySQL: what Aurora MySQL 8.0 stands on."""
PACKAGES = {"mysql": ("mysql-server-core", "sid"), "mariadb": ("mariadb-server-core", "bookworm")}
"""By the folder that they are fetched into, the better one first: package and suite of Debian."""
_VERSION = re.compile(r"Ver (\d+)(\S*)")
_ANSWER_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class Programs:
    """A server's program: how it is started, and what it is."""

    command: tuple[str, ...]
    """With the options that say where its own files are."""
    root: Path | None
    """Where a fetched one was unpacked; None for an installed one, which knows its files."""
    version: str
    """As it says itself, such as 9.7.4 or 10.11.19-MariaDB."""

    @property
    def is_mariadb(self) -> bool:
        """Whether it is MariaDB's, which takes other options."""
        return "MariaDB" in self.version

    @property
    def name(self) -> str:
        """What a report says ran."""
        return f"MariaDB {self.version.partition('-')[0]}" if self.is_mariadb else f"MySQL {self.version}"

    def share(self) -> Path:
        """The folder of the scripts that MariaDB's system tables are made with. Raises MissingTool."""
        roots = [self.root / "usr"] if self.root else [Path(self.command[0]).resolve().parents[1]]
        for folder in (root / "share" / name for root in roots for name in ("mysql", "mariadb")):
            if (folder / "mysql_system_tables.sql").is_file():
                return folder
        raise MissingTool(f"no mysql_system_tables.sql beside {self.command[0]}", "reinstall MariaDB")


def find(state: Path = STATE, *, kinds: tuple[str, ...] = tuple(PACKAGES)) -> Programs:
    """The first server of *kinds* that is there or can be had. Fetching takes a quarter of a minute.

    Raises MissingTool, with the reasons, when there is none.
    """
    home = state / "mysql-programs"
    home.mkdir(parents=True, exist_ok=True)
    with _alone(home):
        there = (programs for kind in kinds if (programs := fetched(home / kind)) is not None)
        found = next(there, None) or (_installed() if "mysql" in kinds else None)
        return found or _fetch_first(home, kinds)


def fetched(root: Path) -> Programs | None:
    """The server that was unpacked there, started by its own loader: it needs nothing of this machine's."""
    loader = next(iter(sorted(root.glob("usr/lib/*/ld-linux*.so.*"))), None)
    loader = loader or next(iter(sorted(root.glob("lib/*/ld-linux*.so.*"))), None)
    server = next((root / "usr/sbin" / name for name in ("mysqld", "mariadbd") if _is(root, name)), None)
    if loader is None or server is None:
        return None
    libraries = ":".join(
        str(folder) for folder in (*root.glob("usr/lib/*-linux-*"), *root.glob("lib/*-linux-*"))
    )
    share, plugins = root / "usr/share/mysql", root / "usr/lib/mysql/plugin"
    files = (
        f"--basedir={root}/usr",
        f"--lc-messages-dir={share}",
        f"--character-sets-dir={share}/charsets",
        f"--plugin-dir={plugins}",
    )
    start = (str(loader), "--library-path", libraries, str(server))
    version = _version(start)
    return Programs((*start, "--no-defaults", *files), root, version) if version else None


def _is(root: Path, name: str) -> bool:
    path = root / "usr/sbin" / name
    return path.is_file() and not path.is_symlink()


def _installed() -> Programs | None:
    found = shutil.which("mysqld")
    version = _version((found,)) if found else None
    if found is None or version is None:
        return None
    programs = Programs((found, "--no-defaults"), None, version)
    return programs if programs.is_mariadb or int(version.partition(".")[0]) >= OLDEST else None


def _fetch_first(home: Path, kinds: tuple[str, ...]) -> Programs:
    reasons = []
    for kind in kinds:
        try:
            fetch(*PACKAGES[kind], home / kind)
        except MissingTool as error:
            reasons.append(error)
            continue
        if (programs := fetched(home / kind)) is not None:
            return programs
        reasons.append(MissingTool(f"{home / kind} does not run on this machine", ""))
    last = reasons[-1]
    raise MissingTool(
        "no server that speaks MySQL: " + "; ".join(each.cause for each in reasons), last.advice
    )


def _version(command: tuple[str, ...]) -> str | None:
    try:
        answer = run([*command, "--version"], account=None, timeout_s=_ANSWER_WITHIN_S)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = _VERSION.search(answer.stdout)
    if found is None:
        return None
    number = f"{found[1]}{found[2]}"
    return number if "MariaDB" in number else number.partition("-")[0]


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Only one process fetches; the others find what it brought."""
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
