import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud.postgres.binaries import find
from localcloud.postgres.errors import PostgresFailed
from localcloud.postgres.host import Host

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")


@pytest.fixture
def state() -> Iterator[Path]:
    """A short path that every user can enter; pytest's own temporary folders are closed to others."""
    with tempfile.TemporaryDirectory(prefix="lc-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "state"


def test_the_home_is_a_private_folder_below_the_state(state: Path) -> None:
    host = Host.choose(state, find())
    assert host.home == state / "postgres"
    assert stat.S_IMODE(host.home.stat().st_mode) == 0o700
    host.remove()
    assert list(state.iterdir()) == []


def test_what_an_earlier_run_left_is_removed(state: Path) -> None:
    (state / "postgres" / "us-east-1" / "data").mkdir(parents=True)
    host = Host.choose(state, find())
    assert list(host.home.iterdir()) == []


def test_a_path_too_long_for_a_socket_moves_the_home_and_leaves_a_link(state: Path) -> None:
    far = state / ("long" * 20)
    host = Host.choose(far, find())
    assert host.home.parent == Path(tempfile.gettempdir())
    assert (far / "postgres").readlink() == host.home
    again = Host.choose(far, find())
    assert not host.home.exists()  # the earlier run's, found through the link
    again.remove()
    assert not again.home.exists()
    assert list(far.iterdir()) == []


def test_a_link_to_somebody_elses_folder_is_removed_but_not_what_it_leads_to(state: Path) -> None:
    precious = state / "precious"
    precious.mkdir(parents=True)
    (state / "postgres").symlink_to(precious)
    Host.choose(state, find()).remove()
    assert precious.is_dir()


@as_root
def test_root_becomes_nobody(state: Path) -> None:
    host = Host.choose(state, find())
    host.run("initdb", "-D", host.home / "data", "--no-sync")
    assert (host.home / "data").owner() == "nobody"


@as_root
def test_a_repository_in_a_closed_folder_works(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    installation = find().copy(closed / "venv")
    closed.chmod(0o700)
    host = Host.choose(closed / "state", installation)
    try:
        assert not host.home.is_relative_to(closed)
        assert host.programs.bindir.is_relative_to(host.home)
        host.run("initdb", "-D", host.home / "data", "--no-sync")
        assert (host.home / "data" / "PG_VERSION").read_text().strip() == str(installation.major)
    finally:
        host.remove()


@as_root
def test_without_any_folder_for_the_user_the_error_says_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(PostgresFailed, match="set TMPDIR to a folder that all users can enter"):
        Host.choose(tmp_path / "state", find())


def test_a_program_that_fails_says_why(state: Path) -> None:
    host = Host.choose(state, find())
    with pytest.raises(PostgresFailed, match=r"(?s)initdb failed with status 1:.*no-such-locale"):
        host.run("initdb", "-D", host.home / "data", "--locale=no-such-locale")
