"""Which server that speaks MySQL is found, with programs that know nothing but their version."""

from pathlib import Path

import pytest

from localcloud.core.errors import MissingTool
from localcloud.mysql import programs
from localcloud.mysql.programs import fetched, find

MYSQL, MARIADB = "Ver 9.7.4-2 for Linux", "Ver 10.11.19-MariaDB-0+deb12u1 for debian"


def executable(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def unpacked(root: Path, name: str = "mysqld", version: str = MYSQL) -> Path:
    """A server as `fetch` leaves one, with a loader that starts what it is given."""
    executable(root / "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", 'shift 2; exec "$@"')
    executable(root / "usr/sbin" / name, f'echo "{name} {version}"')
    return root


@pytest.fixture(autouse=True)
def _nothing_installed_and_nothing_to_fetch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(package: str, suite: str, into: Path) -> None:
        raise MissingTool(f"no {package} of {suite}", "install it")

    monkeypatch.setattr(programs, "fetch", refuse)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))


def test_a_fetched_server_is_started_by_its_own_loader_and_says_what_it_is(tmp_path: Path) -> None:
    root = unpacked(tmp_path / "mysql")
    found = fetched(root)
    assert found is not None
    assert found.command[0] == str(root / "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2")
    assert f"--basedir={root}/usr" in found.command
    assert (found.version, found.name, found.is_mariadb) == ("9.7.4", "MySQL 9.7.4", False)


def test_mariadb_is_told_from_mysql_by_what_it_says(tmp_path: Path) -> None:
    root = unpacked(tmp_path / "mariadb", "mariadbd", MARIADB)
    (root / "usr/sbin/mysqld").symlink_to("mariadbd")
    found = fetched(root)
    assert found is not None
    assert (found.name, found.is_mariadb) == ("MariaDB 10.11.19", True)
    assert found.command[3] == str(root / "usr/sbin/mariadbd")


@pytest.mark.parametrize("gone", ["usr/sbin/mysqld", "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"])
def test_half_a_server_does_not_count(tmp_path: Path, gone: str) -> None:
    root = unpacked(tmp_path / "mysql")
    (root / gone).unlink()
    assert fetched(root) is None


def test_a_server_that_does_not_say_its_version_does_not_count(tmp_path: Path) -> None:
    assert fetched(unpacked(tmp_path / "mysql", version="nothing")) is None


def test_what_was_fetched_before_comes_before_what_is_installed(tmp_path: Path) -> None:
    executable(tmp_path / "bin/mysqld", 'echo "mysqld Ver 8.4.2 for Linux"')
    assert find(tmp_path).version == "8.4.2"
    unpacked(tmp_path / "mysql-programs" / "mariadb", "mariadbd", MARIADB)
    assert find(tmp_path).name == "MariaDB 10.11.19"
    unpacked(tmp_path / "mysql-programs" / "mysql")
    assert find(tmp_path).name == "MySQL 9.7.4"


def test_an_installed_mysql_that_is_too_old_does_not_count(tmp_path: Path) -> None:
    executable(tmp_path / "bin/mysqld", 'echo "mysqld Ver 5.7.44 for Linux"')
    with pytest.raises(MissingTool):
        find(tmp_path)


def test_mariadb_is_fetched_where_mysql_cannot_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def only_mariadb(package: str, suite: str, into: Path) -> None:
        if "mariadb" not in package:
            raise MissingTool(f"no {package} of {suite}", "install it")
        unpacked(into, "mariadbd", MARIADB)

    monkeypatch.setattr(programs, "fetch", only_mariadb)
    assert find(tmp_path).name == "MariaDB 10.11.19"


def test_what_was_fetched_and_does_not_run_is_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "fetch", lambda package, suite, into: into.mkdir())
    with pytest.raises(MissingTool, match="mysql-programs/mysql does not run on this machine"):
        find(tmp_path, kinds=("mysql",))


def test_where_there_is_none_every_reason_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingTool) as missing:
        find(tmp_path)
    assert "no mysql-server-core of sid; no mariadb-server-core of bookworm" in missing.value.cause
    assert missing.value.advice == "install it"
