"""What a lost region does to the pair: real servers, fresh ones for each test that kills some."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pg8000.exceptions import InterfaceError

from localcloud.core import processes
from localcloud.core.database_pair import NoWriter
from localcloud.core.link import Link
from localcloud.core.ports import free_ports
from localcloud.postgres.errors import PostgresFailed
from localcloud.postgres.pair import PostgresPair
from tests.postgres.postgres_world import EAST, PASSWORD, WEST, World, world


@pytest.fixture
def fresh() -> Iterator[World]:
    with world() as made:
        yield made


@pytest.fixture
def lonely(tmp_path: Path) -> Iterator[PostgresPair]:
    """A pair without links, which nobody has started."""
    ports = free_ports(4)
    pair = PostgresPair(
        tmp_path / "state",
        ports={EAST: ports[0], WEST: ports[1]},
        link_ports={EAST: ports[2], WEST: ports[3]},
    )
    yield pair
    pair.stop()


def our_children() -> set[int]:
    return {pid for pid, parent in processes._parents().items() if parent == os.getpid()}


def shared_memory() -> list[list[str]]:
    """Key and id of the kernel's shared memory segments; none are known where there is no /proc."""
    table = Path("/proc/sysvipc/shm")
    return [line.split()[:2] for line in table.read_text().splitlines()] if table.exists() else []


def test_a_killed_region_leaves_no_process_and_its_lag_unknown(fresh: World) -> None:
    killed = fresh.pair.kill(EAST)
    assert len(killed) > 3
    assert not killed & processes._parents().keys()
    assert not fresh.pair.is_writer(EAST)
    assert fresh.pair.lag(WEST) is None
    with pytest.raises(InterfaceError):
        fresh.connect(EAST)
    assert fresh.pair.kill(EAST) == frozenset()


def test_a_lost_writer_comes_back_as_a_standby_and_its_lost_rows_are_saved(
    fresh: World, tmp_path: Path
) -> None:
    fresh.on_link(EAST, Link.cut)
    fresh.run(EAST, "insert into notes values (10)")
    fresh.pair.kill(EAST)
    fresh.pair.promote(WEST)
    fresh.pair.promote(WEST)
    assert fresh.pair.is_writer(WEST)
    fresh.run(WEST, "insert into notes values (11)")

    salvaged = tmp_path / "salvage.jsonl"
    assert fresh.pair.rejoin(EAST, salvage_to=salvaged) == 1
    (line,) = map(json.loads, salvaged.read_text().splitlines())
    assert line == {"database": "payments", "table": "public.notes", "row": {"number": 10}}
    assert not fresh.pair.is_writer(EAST)
    fresh.run(WEST, "insert into notes values (12)")
    fresh.await_row(EAST, 12)
    assert fresh.run(EAST, "select number from notes order by 1") == [[11], [12]]
    fresh.pair.create_owner("app", "rotated", "payments")  # on the writer, which is the west now


def test_a_frozen_writer_answers_nothing_and_goes_on_where_it_stood(fresh: World) -> None:
    frozen = fresh.pair.freeze(EAST)
    assert len(frozen) > 3
    with pytest.raises((InterfaceError, TimeoutError)):
        fresh.connect(EAST, timeout_s=1)
    assert fresh.pair.thaw(EAST) == frozen
    fresh.run(EAST, "insert into notes values (1)")
    fresh.await_row(WEST, 1)


def test_a_revived_writer_believes_it_is_one_still_until_it_rejoins(fresh: World, tmp_path: Path) -> None:
    fresh.pair.kill(EAST)
    fresh.pair.promote(WEST)
    assert fresh.pair.writer == WEST
    fresh.pair.revive(EAST)
    assert fresh.pair.is_writer(EAST)
    assert fresh.pair.is_writer(WEST)
    fresh.pair.rejoin(EAST, salvage_to=tmp_path / "salvaged.jsonl")
    assert not fresh.pair.is_writer(EAST)


def test_stop_leaves_neither_processes_nor_files_and_may_be_repeated() -> None:
    before = our_children()
    with world() as made:
        home = made.pair.target(EAST).parent.parent
        assert len(our_children() - before) == 4  # a server and an endpoint in each region
        pidfile = home / EAST / "data" / "postmaster.pid"
        segment = pidfile.read_text().splitlines()[6].split()
        made.pair.kill(EAST)
        made.pair.stop()
        made.pair.stop()
        assert our_children() == before
        assert segment not in shared_memory()
        assert not home.exists()


def test_a_start_that_fails_leaves_nothing_running(lonely: PostgresPair) -> None:
    before = our_children()
    with pytest.raises(PostgresFailed, match=r"(?s)pg_basebackup failed.*Connection refused"):
        lonely.start(EAST)
    assert our_children() == before


def test_a_server_that_ends_while_starting_shows_the_end_of_its_log(lonely: PostgresPair) -> None:
    server = lonely._servers[EAST]
    server.storage.initialise()
    (server.storage.data / "global" / "pg_control").unlink()
    with pytest.raises(PostgresFailed, match=r"(?s)ended while we waited.*pg_control"):
        server.start()


def test_an_owner_needs_a_started_pair(lonely: PostgresPair) -> None:
    with pytest.raises(NoWriter, match="the pair has not been started"):
        lonely.create_owner("app", PASSWORD, "payments")
