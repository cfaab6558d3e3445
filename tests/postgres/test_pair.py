"""Two real servers that serve all tests here; each leaves them as it found them."""

import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pg8000.exceptions import DatabaseError
from pg8000.native import Connection

from localcloud.core import tls
from localcloud.core.link import Link
from localcloud.core.processes import wait_until
from localcloud.postgres.errors import PostgresFailed
from localcloud.postgres.pair import PostgresPair
from tests.postgres.postgres_world import EAST, PASSWORD, WEST, World, world


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    with world() as made:
        yield made


def test_what_the_writer_commits_appears_in_the_other_region(shared: World) -> None:
    shared.run(EAST, "insert into notes values (1)")
    shared.await_row(WEST, 1)


def test_the_standby_takes_no_writes(shared: World) -> None:
    assert (shared.pair.is_writer(EAST), shared.pair.is_writer(WEST)) == (True, False)
    with pytest.raises(DatabaseError, match="read-only transaction"):
        shared.run(WEST, "insert into notes values (2)")


@pytest.mark.parametrize("region", [EAST, WEST])
def test_a_client_without_encryption_is_refused(shared: World, region: str) -> None:
    with pytest.raises(DatabaseError, match="no encryption"):
        Connection(
            "app",
            host="127.0.0.1",
            port=shared.ports[region],
            database="payments",
            password="secret",
            ssl_context=False,
        )


def test_a_client_that_trusts_another_authority_refuses_the_server(shared: World, tmp_path: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shared.connect(EAST, ca=tls.issue(tmp_path).ca_pem)


def test_a_wrong_password_is_refused_and_the_client_is_told(shared: World) -> None:
    with pytest.raises(DatabaseError, match="password authentication failed"):
        shared.connect(EAST, password="guess")


def test_a_client_that_says_nothing_sensible_is_dropped(shared: World) -> None:
    with socket.create_connection(("127.0.0.1", shared.ports[EAST]), timeout=5) as client:
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert client.recv(1) == b"E"


def test_an_answer_larger_than_every_buffer_arrives_whole(shared: World) -> None:
    ((text,),) = shared.run(EAST, "select repeat('0123456789', 800000)")
    assert text == "0123456789" * 800_000


def test_creating_the_owner_again_sets_the_password_and_keeps_the_data(shared: World) -> None:
    shared.run(EAST, "insert into notes values (3)")
    shared.pair.create_owner("app", "it's new", "payments")
    try:
        with shared.connect(EAST, password="it's new") as connection:
            assert connection.run("select number from notes where number = 3") == [[3]]
    finally:
        shared.pair.create_owner("app", PASSWORD, "payments")


def test_a_cut_link_stops_replication_the_lag_grows_and_healing_resumes_it(shared: World) -> None:
    shared.on_link(EAST, Link.cut)
    shared.run(EAST, "insert into notes values (4)")
    time.sleep(0.5)
    assert shared.run(WEST, "select 1 from notes where number = 4") == []
    first, second = shared.pair.lag(WEST), shared.pair.lag(WEST)
    assert 0.4 < first < second
    shared.on_link(EAST, Link.heal)
    shared.await_row(WEST, 4)
    wait_until("no lag", lambda: shared.pair.lag(WEST) == 0.0, timeout_s=5)


def test_a_slow_link_delays_replication(shared: World) -> None:
    shared.on_link(EAST, lambda link: setattr(link, "delay_ms", 300.0))
    shared.run(EAST, "insert into notes values (5)")
    assert shared.run(WEST, "select 1 from notes where number = 5") == []
    shared.await_row(WEST, 5)
    shared.on_link(EAST, lambda link: setattr(link, "delay_ms", 0.0))


def test_a_lost_standby_catches_up(shared: World, tmp_path: Path) -> None:
    shared.pair.kill(WEST)
    shared.run(EAST, "insert into notes values (20)")
    assert shared.pair.rejoin(WEST, salvage_to=tmp_path / "none") == 0
    shared.await_row(WEST, 20)


def test_nothing_rejoins_without_a_writer_to_follow(shared: World, tmp_path: Path) -> None:
    with pytest.raises(PostgresFailed, match=f"{WEST} has no writer to follow"):
        shared.pair.rejoin(EAST, salvage_to=tmp_path / "none")


def test_a_pair_is_two_regions() -> None:
    with pytest.raises(ValueError, match="a pair has two regions"):
        PostgresPair(Path("unused"), ports={EAST: 1}, link_ports={EAST: 2})
