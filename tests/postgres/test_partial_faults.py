"""Partial faults that only a real server has: a full disk, a password that changes under its sessions."""

import pytest
from pg8000.exceptions import DatabaseError, InterfaceError

from localcloud.postgres.errors import ServerDown
from tests.postgres.postgres_world import EAST, WEST, world


def test_a_server_with_a_full_disk_reads_panics_at_the_first_write_and_has_room_when_it_rejoins(tmp_path):
    with world() as made:
        assert len(made.pair.fill_disk(EAST)) > 3
        assert made.run(EAST, "select count(*) from notes") == [[0]]
        with pytest.raises((InterfaceError, DatabaseError)):
            made.run(EAST, "insert into notes values (1)")
        server = made.pair._servers[EAST]
        server.wait_until = None
        for _ in range(200):
            if not server.running:
                break
            server._postgres.wait(5)
        assert not server.running, "it could not recover either: that needs to write, too"
        with pytest.raises(ServerDown, match="does not run"):
            made.pair.fill_disk(EAST)
        del server.wait_until
        made.pair.promote(WEST)
        assert made.pair.rejoin(EAST, salvage_to=tmp_path / "salvaged.jsonl") == 0
        made.run(WEST, "insert into notes values (2)")
        made.await_row(EAST, 2)


def test_a_new_password_ends_the_sessions_that_know_the_old_one():
    with world() as made:
        old = made.connect(EAST)
        made.pair.create_owner("app", "rotated", "payments")
        with pytest.raises((InterfaceError, DatabaseError)):
            old.run("select 1")
        made.connect(EAST, password="rotated").close()
        with pytest.raises((InterfaceError, DatabaseError)):
            made.connect(EAST)
