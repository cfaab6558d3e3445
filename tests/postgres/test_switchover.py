"""Planned moves of the writer between two real servers, and what happens when they cannot be done."""

import threading
from collections.abc import Iterator

import pytest
from pg8000.exceptions import DatabaseError, InterfaceError

from localcloud.core.link import Link
from localcloud.core.processes import wait_until
from localcloud.postgres import switchover
from localcloud.postgres.errors import PostgresFailed
from tests.postgres.postgres_world import EAST, WEST, World, world


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    with world() as made:
        yield made


@pytest.fixture(autouse=True)
def _writer_at_home(shared: World) -> Iterator[None]:
    yield
    switch(shared, EAST)
    shared.run(EAST, "delete from notes")
    wait_until("both alike", lambda: shared.pair.lag(WEST) == 0.0, timeout_s=10)


def switch(world: World, region: str) -> None:
    """Switch over, and wait until the server that was left behind follows."""
    world.pair.switchover(region)
    world.pair._return.wait()


def numbers(world: World, region: str) -> list[int]:
    return [number for (number,) in world.run(region, "select number from notes order by 1")]


def test_the_writer_moves_and_the_old_one_follows_it(shared: World) -> None:
    shared.run(EAST, "insert into notes values (1)")
    switch(shared, WEST)
    assert (shared.pair.is_writer(EAST), shared.pair.is_writer(WEST)) == (False, True)
    shared.run(WEST, "insert into notes values (2)")
    shared.await_row(EAST, 2)
    assert numbers(shared, EAST) == [1, 2]


def test_there_and_back_again_needs_no_rewind(shared: World) -> None:
    for number, region in enumerate([WEST, EAST, WEST, EAST]):
        switch(shared, region)
        shared.run(region, f"insert into notes values ({number})")  # noqa: S608 - a number of our own
    shared.await_row(WEST, 3)
    assert numbers(shared, WEST) == [0, 1, 2, 3]


def test_the_new_writer_takes_writes_before_the_old_one_is_back_and_the_next_move_waits(
    shared: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    back, held, start = threading.Event(), threading.Event(), shared.pair._start_standby

    def slowly(server: object) -> None:
        assert back.wait(20)
        start(server)
        held.set()

    monkeypatch.setattr(shared.pair, "_start_standby", slowly)
    shared.pair.switchover(WEST)
    shared.run(WEST, "insert into notes values (3)")
    assert not held.is_set()
    threading.Timer(0.5, back.set).start()
    shared.pair.switchover(EAST)
    assert held.is_set()
    assert 3 in numbers(shared, EAST)


def test_a_switchover_to_the_writer_changes_nothing(shared: World) -> None:
    shared.pair.switchover(EAST)
    assert shared.pair.is_writer(EAST)


def test_no_commit_that_was_confirmed_is_lost_under_load(shared: World) -> None:
    confirmed: list[int] = []
    stop = threading.Event()

    def write() -> None:
        number = 100
        while not stop.is_set():
            number += 1
            try:
                shared.run(EAST, f"insert into notes values ({number})")  # noqa: S608 - a number of our own
            except (DatabaseError, InterfaceError, OSError):
                continue
            confirmed.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    wait_until("some load", lambda: len(confirmed) > 5, timeout_s=10)
    shared.pair.switchover(WEST)
    stop.set()
    writer.join(20)
    assert set(confirmed) <= set(numbers(shared, WEST))


def test_nothing_moves_while_replication_does_not_flow(shared: World) -> None:
    shared.on_link(EAST, Link.cut)
    wait_until(
        "no stream", lambda: shared.pair._servers[WEST].query(switchover.STREAMING) == [[0]], timeout_s=10
    )
    with pytest.raises(PostgresFailed, match=f"{WEST} does not replicate"):
        shared.pair.switchover(WEST)
    assert shared.pair.is_writer(EAST)
    shared.on_link(EAST, Link.heal)
    wait_until(
        "a stream", lambda: shared.pair._servers[WEST].query(switchover.STREAMING) == [[1]], timeout_s=10
    )


def test_a_record_that_does_not_arrive_leaves_the_writer_where_it_was(
    shared: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(server: object, shutdown: str) -> bool:
        raise PostgresFailed(f"no {shutdown}", "")

    monkeypatch.setattr(switchover, "_has_replayed", lost)
    with pytest.raises(PostgresFailed, match="no 0/"):
        shared.pair.switchover(WEST)
    assert (shared.pair.is_writer(EAST), shared.pair.is_writer(WEST)) == (True, False)
    shared.run(EAST, "insert into notes values (7)")
    shared.await_row(WEST, 7)


def test_a_writer_that_had_to_be_killed_is_not_believed_to_have_sent_all(
    shared: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    east = shared.pair._servers[EAST]
    monkeypatch.setattr(east, "stop", east.kill)
    with pytest.raises(PostgresFailed, match="was not shut down: in production"):
        shared.pair.switchover(WEST)
    assert shared.pair.is_writer(EAST)
    wait_until(
        "a stream", lambda: shared.pair._servers[WEST].query(switchover.STREAMING) == [[1]], timeout_s=10
    )


def test_a_killed_writer_that_nobody_replaced_comes_back_as_the_writer(shared: World) -> None:
    shared.pair.kill(EAST)
    shared.pair.revive(EAST)
    assert shared.pair.is_writer(EAST)
    wait_until(
        "a stream", lambda: shared.pair._servers[WEST].query(switchover.STREAMING) == [[1]], timeout_s=10
    )


def test_a_killed_standby_comes_back_as_the_standby(shared: World) -> None:
    shared.pair.kill(WEST)
    shared.run(EAST, "insert into notes values (9)")
    shared.pair.revive(WEST)
    shared.await_row(WEST, 9)
    assert not shared.pair.is_writer(WEST)


def test_S01_what_a_dead_writer_committed_is_on_its_disk_and_reaches_the_other_one(shared: World) -> None:
    writer = EAST if shared.pair.is_writer(EAST) else WEST
    heir = WEST if writer == EAST else EAST
    shared.run(writer, "insert into notes values (7001)")
    shared.pair.kill(writer)
    shared.pair.switchover(heir)
    assert 7001 in numbers(shared, heir)
    shared.run(heir, "insert into notes values (7002)")

    def returned() -> bool:
        try:
            return 7002 in numbers(shared, writer)
        except InterfaceError:  # it is not reachable yet
            return False

    wait_until("its return", returned, timeout_s=30)
    assert not shared.pair.is_writer(writer)
