"""Two real servers of each kind; a test leaves EAST the writer, both running and alike, and no order."""

import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymysql.err import MySQLError

from localcloud.core import processes
from localcloud.core.link import Link
from localcloud.core.processes import wait_until
from localcloud.mysql import pair as pair_module
from localcloud.mysql.errors import MySQLDown, MySQLFailed
from localcloud.mysql.replication import flows, position
from tests.mysql.mysql_world import EAST, WEST, WITHIN_S, World, world


@pytest.fixture(scope="module", params=["mysql", "mariadb"])
def shared(request: pytest.FixtureRequest) -> Iterator[World]:
    with world(request.param) as made:
        yield made


@pytest.fixture(autouse=True)
def _as_it_was(shared: World) -> Iterator[None]:
    yield
    shared.pair.switchover(EAST)
    shared.pair._return.wait()
    shared.run(EAST, "delete from orders")
    shared.await_orders(WEST, [])
    wait_until("replication", lambda: flows(shared.pair._servers[WEST]), timeout_s=WITHIN_S)


def insert(world: World, region: str, number: int) -> None:
    world.run(region, f"insert into orders (number) values ({number})")  # noqa: S608 - a number of our own


def test_T02_what_the_writer_commits_appears_in_the_other_region_which_takes_no_writes(shared: World) -> None:
    insert(shared, EAST, 1)
    shared.await_orders(WEST, [1])
    assert (shared.pair.is_writer(EAST), shared.pair.is_writer(WEST)) == (True, False)
    with pytest.raises(MySQLError, match="read-only"):
        insert(shared, WEST, 2)


def test_lag_grows_while_nothing_arrives_and_is_unknown_without_a_writer(shared: World) -> None:
    shared.on_link(EAST, Link.cut)
    insert(shared, EAST, 1)
    late, later = shared.pair.lag(WEST), shared.pair.lag(WEST)
    assert late is not None
    assert later is not None
    assert 0 < late < later
    shared.on_link(EAST, Link.heal)
    wait_until("no lag", lambda: shared.pair.lag(WEST) == 0.0, timeout_s=WITHIN_S)
    assert shared.pair.lag(EAST) == 0.0
    killed = shared.pair.kill(EAST)
    assert killed
    assert not killed & processes._parents().keys()
    assert shared.pair.lag(WEST) is None
    shared.pair.revive(EAST)


def test_T07_a_dead_writers_lost_rows_are_named_and_it_comes_back_without_them(
    shared: World, tmp_path: Path
) -> None:
    insert(shared, EAST, 1)
    shared.await_orders(WEST, [1])
    shared.on_link(EAST, Link.cut)
    insert(shared, EAST, 10)
    shared.run(EAST, "update orders set side = 'sell' where number = 1")
    shared.pair.kill(EAST)
    shared.pair.promote(WEST)
    insert(shared, WEST, 11)
    shared.on_link(EAST, Link.heal)
    shared.pair.revive(EAST)
    assert shared.pair.is_writer(EAST)  # nobody told it

    salvaged = tmp_path / "salvage" / "rows.jsonl"
    assert shared.pair.rejoin(EAST, salvage_to=salvaged) == 2
    lines = [json.loads(line) for line in salvaged.read_text().splitlines()]
    assert [line["row"] for line in lines] == [
        {"number": 1, "side": "sell"},
        {"number": 10, "side": "buy"},
    ]
    assert {(line["database"], line["table"]) for line in lines} == {("trading", "orders")}
    assert (shared.pair.is_writer(EAST), shared.pair.writer) == (False, WEST)
    insert(shared, WEST, 12)
    shared.await_orders(EAST, [1, 11, 12])


def test_what_a_standby_had_received_is_applied_before_it_takes_writes(shared: World, tmp_path: Path) -> None:
    busy = shared.connect(WEST)
    with busy.cursor() as cursor:
        cursor.execute("lock tables orders read")  # what comes is received and not applied
    for number in (5, 6, 7):
        insert(shared, EAST, number)
    wait_until("all in the standby's log", lambda: has_received_all(shared), timeout_s=WITHIN_S)
    assert shared.run(WEST, "select count(*) from orders") == [(0,)]
    shared.pair.kill(EAST)
    release = threading.Timer(0.3, busy.close)
    release.start()
    shared.pair.promote(WEST)
    release.join()
    assert shared.orders(WEST) == [5, 6, 7]
    assert shared.pair.rejoin(EAST, salvage_to=tmp_path / "none") == 0


def has_received_all(world: World) -> bool:
    written, standby = position(world.pair._servers[EAST]), world.pair._servers[WEST]
    told = standby.replication()
    if standby.programs.is_mariadb:
        return bool(told["Gtid_IO_Pos"] == written)
    sql = "select gtid_subset(gtid_subtract(%s, @@global.gtid_executed), %s)"
    return standby.query(sql, written, told["Retrieved_Gtid_Set"]) == [(1,)]


def test_T11_the_writer_moves_and_back_without_loss_and_open_sessions_end(shared: World) -> None:
    insert(shared, EAST, 1)
    kept = shared.connect(EAST)
    shared.pair.switchover(WEST)
    with pytest.raises(MySQLError), kept.cursor() as cursor:
        cursor.execute("select 1")
    insert(shared, WEST, 2)
    shared.await_orders(EAST, [1, 2])
    shared.pair.switchover(EAST)
    shared.pair.switchover(EAST)
    assert (shared.pair.is_writer(EAST), shared.pair.is_writer(WEST)) == (True, False)
    assert shared.orders(EAST) == [1, 2]


def test_what_a_dead_writer_committed_is_on_its_disk_and_a_planned_move_brings_it(shared: World) -> None:
    shared.on_link(EAST, Link.hold)
    insert(shared, EAST, 7)
    shared.pair.kill(EAST)
    shared.on_link(EAST, Link.heal)
    shared.pair.switchover(WEST)
    assert shared.orders(WEST) == [7]


def test_nothing_moves_while_replication_does_not_flow(shared: World) -> None:
    shared.on_link(EAST, Link.cut)
    standby = shared.pair._servers[WEST]
    wait_until("no flow", lambda: not flows(standby), timeout_s=WITHIN_S)
    with pytest.raises(MySQLFailed, match=f"{WEST} does not replicate"):
        shared.pair.switchover(WEST)
    insert(shared, EAST, 3)
    shared.on_link(EAST, Link.heal)
    shared.await_orders(WEST, [3])
    wait_until("flow", lambda: flows(standby), timeout_s=WITHIN_S)


def test_a_last_commit_that_does_not_arrive_leaves_the_writer_where_it_was(
    shared: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(member: object, wanted: str) -> bool:
        raise MySQLFailed(f"no {wanted}", "")

    with monkeypatch.context() as patched:
        patched.setattr(pair_module, "has", never)
        with pytest.raises(MySQLFailed):
            shared.pair.switchover(WEST)
    insert(shared, EAST, 4)
    shared.await_orders(WEST, [4])


def test_a_dead_writer_that_cannot_be_read_stays_dead_and_is_one_when_revived(
    shared: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(server: object) -> None:
        raise MySQLFailed("no replication", "")

    shared.pair.kill(EAST)
    with monkeypatch.context() as patched:
        patched.setattr(pair_module, "await_flow", never)
        with pytest.raises(MySQLFailed, match="no replication"):
            shared.pair.switchover(WEST)
    assert not shared.pair.running(EAST)
    shared.pair.revive(EAST)
    assert shared.pair.is_writer(EAST)


def test_a_standby_that_was_not_told_whom_to_follow_is_told_when_it_rejoins(
    shared: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def interrupted(*_: object) -> None:
        raise MySQLFailed("interrupted", "")

    with monkeypatch.context() as patched:
        patched.setattr(pair_module, "follow", interrupted)
        shared.pair.switchover(WEST)
        shared.pair._return.wait()
    assert "does not follow" in caplog.text
    insert(shared, WEST, 8)
    assert shared.pair.rejoin(EAST, salvage_to=tmp_path / "none") == 0
    shared.await_orders(EAST, [8])


def test_a_killed_standby_comes_back_as_one(shared: World, tmp_path: Path) -> None:
    shared.pair.kill(WEST)
    insert(shared, EAST, 9)
    assert shared.pair.rejoin(WEST, salvage_to=tmp_path / "none") == 0
    shared.await_orders(WEST, [9])
    assert not shared.pair.is_writer(WEST)


def test_a_frozen_writer_answers_nothing_and_goes_on_where_it_stood(shared: World) -> None:
    frozen = shared.pair.freeze(EAST)
    with pytest.raises(MySQLError):
        shared.connect(EAST, timeout_s=1)
    assert shared.pair.thaw(EAST) == frozen
    insert(shared, EAST, 1)
    shared.await_orders(WEST, [1])


def test_a_region_that_nobody_promoted_is_followed_by_none(shared: World, tmp_path: Path) -> None:
    with pytest.raises(MySQLFailed, match=f"{WEST} has no writer to follow"):
        shared.pair.rejoin(EAST, salvage_to=tmp_path / "none")
    insert(shared, EAST, 1)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a full disk can be played on Linux only")
def test_a_writer_on_a_full_disk_takes_no_order_and_keeps_what_it_committed(shared: World) -> None:
    insert(shared, EAST, 1)
    shared.await_orders(WEST, [1])
    assert shared.pair.fill_disk(EAST)
    with pytest.raises(MySQLError):
        insert(shared, EAST, 2)
    shared.pair.kill(EAST)
    with pytest.raises(MySQLDown, match=f"the database of {EAST} does not run"):
        shared.pair.fill_disk(EAST)
    shared.pair.revive(EAST)
    assert shared.orders(EAST) == [1]
    insert(shared, EAST, 3)
    shared.await_orders(WEST, [1, 3])
