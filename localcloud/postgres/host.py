"""Where PostgreSQL runs on this machine: as which user, in which folder, with which programs."""

import logging
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localcloud.core.processes import Account, run, spawn
from localcloud.postgres.binaries import Installation
from localcloud.postgres.errors import PostgresFailed

_log = logging.getLogger(__name__)

_TEMPORARY_PREFIX = "localcloud-postgres-"
_LONGEST_SOCKET_FOLDER = 80
"""Bytes. A Unix socket's path has 104 on macOS and 108 on Linux, and a region's folder is in it."""
_LONGEST_RUN_S = 120.0
_SHARED_MEMORY_LINE = 6  # of postmaster.pid, counted from 0: "key id"


@dataclass(frozen=True, slots=True)
class Host:
    """Runs PostgreSQL's programs as *account* (None: as we are); all data is below *home*.

    *state*/postgres is the home, or a link to it.
    """

    programs: Installation
    account: Account | None
    home: Path
    state: Path

    @classmethod
    def choose(cls, state: Path, installation: Installation) -> "Host":
        """Make the home folder, `postgres` below *state* where that can be, and pick the user.

        PostgreSQL refuses to run as root, so root runs it as `nobody`. When that user cannot get
        to *state*, or the path is too long for a Unix socket, the home is a private folder among
        the temporary files and *state*/postgres links to it. When it cannot execute the
        programs, because the virtual environment lies below a closed folder, they are copied.
        """
        account = _unprivileged() if os.geteuid() == 0 else None
        home = _make_home(state, account)
        if not installation.runs_as(account):
            _log.info("copying PostgreSQL to %s: its user cannot enter %s", home, installation.bindir)
            installation = installation.copy(home / "programs")
        host = cls(installation, account, home, state)
        for path in (home, *home.rglob("*")):
            host.give(path)
        return host

    def give(self, path: Path) -> None:
        """Make the PostgreSQL user the owner of *path*."""
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid, follow_symlinks=False)

    def run(self, program: str, *arguments: str | Path, env: Mapping[str, str] | None = None) -> str:
        """What a program printed, run to its end. Raises PostgresFailed with it if the program failed."""
        try:
            done = run(
                [self.programs.bindir / program, *arguments],
                account=self.account,
                cwd=self.home,
                env=_environment(env),
                timeout_s=_LONGEST_RUN_S,
            )
        except subprocess.TimeoutExpired as error:
            raise PostgresFailed(f"{program} did not end within {_LONGEST_RUN_S:g} s", "") from error
        if done.returncode != 0:
            raise PostgresFailed(
                f"{program} failed with status {done.returncode}:\n{done.stdout.strip()}",
                f"its data are below {self.home}",
            )
        return done.stdout

    def spawn(self, program: str, *arguments: str | Path, log: Path) -> "subprocess.Popen[bytes]":
        """Start a program that stays; it dies with us."""
        command = [self.programs.bindir / program, *arguments]
        return spawn(command, log=log, cwd=self.home, env=_environment(None), account=self.account)

    def remove(self) -> None:
        """Delete the home and all in it; safe to repeat."""
        _discard(self.state)


def _environment(more: Mapping[str, str] | None) -> dict[str, str]:
    """No PG* variable of the person who started us may turn a program to another server."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", **(more or {})}


def _unprivileged() -> Account:
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _make_home(state: Path, account: Account | None) -> Path:
    _discard(state)
    home = state / "postgres"
    state.mkdir(parents=True, exist_ok=True)
    if len(os.fsencode(home)) <= _LONGEST_SOCKET_FOLDER and _can_enter(state, account):
        home.mkdir(mode=0o700)
        return home
    temporary = Path(tempfile.gettempdir())
    if not _can_enter(temporary, account):
        raise PostgresFailed(
            f"PostgreSQL's user can enter neither {state} nor {temporary}",
            "set TMPDIR to a folder that all users can enter, such as /tmp",
        )
    elsewhere = Path(tempfile.mkdtemp(prefix=_TEMPORARY_PREFIX))
    home.symlink_to(elsewhere)
    _log.warning("databases live in %s: PostgreSQL's user cannot use %s", elsewhere, home)
    return elsewhere


def _discard(state: Path) -> None:
    """Remove the home that an earlier run left, wherever it was."""
    home = state / "postgres"
    if home.is_symlink():
        elsewhere = home.readlink()
        if elsewhere.name.startswith(_TEMPORARY_PREFIX):
            _release_shared_memory(elsewhere)
            shutil.rmtree(elsewhere, ignore_errors=True)
        home.unlink()
    elif home.exists():
        _release_shared_memory(home)
        shutil.rmtree(home)


def _release_shared_memory(home: Path) -> None:
    """Give back what killed servers left in the kernel: a small segment each, and macOS has room for 32."""
    for pidfile in home.glob("*/data/postmaster.pid"):  # a server that shuts down removes it
        lines = pidfile.read_text().splitlines()
        if len(lines) > _SHARED_MEMORY_LINE:
            run(["ipcrm", "-M", lines[_SHARED_MEMORY_LINE].split()[0]], account=None)


def _can_enter(folder: Path, account: Account | None) -> bool:
    """Whether *account* can reach what is in *folder*; asked by trying, so that all rules count."""
    if account is None:
        return True
    return run(["/bin/sh", "-c", 'test -x "$0"', folder], account=account).returncode == 0
