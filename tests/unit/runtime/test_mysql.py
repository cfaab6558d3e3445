"""The driver of MySQL, over TLS to a real server."""

import json
from collections.abc import Iterator

import pytest

from localcloud.core.tls import ServerCertificate, issue
from localcloud.mysql.server import MySQLServer
from runtime import mysql
from runtime.database import Database, DatabaseUnavailable
from tests.unit.durable.engines import mysql_server

from .test_database import KnownParameters, Secrets


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[MySQLServer, ServerCertificate]]:
    with mysql_server("mysql") as (server, certificate):
        server.create_owner("app", "right", "trading")
        yield server, certificate


@pytest.fixture
def server(running) -> MySQLServer:
    running[0].create_owner("app", "right", "trading")
    return running[0]


@pytest.fixture
def build(server, running):
    def build(
        *passwords: str, ca: str = running[1].ca_pem, host: str = "127.0.0.1", timeout_s: float = 5
    ) -> Database:
        secrets = [
            json.dumps({"username": "app", "password": each, "ca": ca}) for each in passwords or ["right"]
        ]
        parameters = KnownParameters(
            db_writer=f"{host}:{server.port}", db_name="trading", db_secret="trading/database"
        )
        return Database(parameters, Secrets(*secrets), timeout_s, driver=mysql)

    return build


def one(connection, sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def test_the_database_says_which_version_it_is_and_whether_it_is_the_writer(build, server) -> None:
    assert build().version() == server.programs.version
    assert build().writable()
    server.query("set global read_only = on")
    try:
        assert not build().writable()
    finally:
        server.query("set global read_only = off")


def test_it_is_spoken_to_over_tls_and_nothing_of_the_server_s_own_settings_matters(build) -> None:
    with build().session() as connection:
        with connection.cursor() as cursor:
            cursor.execute("show status like 'Ssl_version'")
            assert cursor.fetchone()[1].startswith("TLS")
        assert one(connection, "select @@transaction_isolation") == "READ-COMMITTED"
        assert one(connection, "select @@autocommit") == 1
        assert "STRICT_ALL_TABLES" in one(connection, "select @@sql_mode")
        assert one(connection, "select @@time_zone") == "+00:00"
        assert one(connection, "select @@character_set_client") == "utf8mb4"
        limits = ("innodb_lock_wait_timeout", "lock_wait_timeout", "max_execution_time")
        assert [one(connection, f"select @@{name}") for name in limits] == [3, 3, 3750]


def test_a_server_of_another_authority_is_not_spoken_to(build, tmp_path) -> None:
    with pytest.raises(DatabaseUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
        build(ca=issue(tmp_path).ca_pem).connect()


def test_a_certificate_for_another_host_is_refused(build) -> None:
    with pytest.raises(DatabaseUnavailable, match=r"CERTIFICATE_VERIFY_FAILED.*127\.1"):
        build(host="127.1").connect()  # the same address under a name that it does not prove


def test_a_rotated_password_is_read_again_once(build, server) -> None:
    rotating = build("right", "rotated")
    rotating.connect().close()
    server.create_owner("app", "rotated", "trading")
    rotating.connect().close()


def test_a_password_that_stays_wrong_is_refused_and_not_told(build) -> None:
    with pytest.raises(DatabaseUnavailable, match="Access denied") as caught:
        build("hunter2").connect()
    assert "hunter2" not in str(caught.value)


def test_a_server_that_is_not_there_is_unavailable(build) -> None:
    with pytest.raises(DatabaseUnavailable, match="cannot connect"):
        build(host="127.0.0.3", timeout_s=1).connect()


def test_a_statement_that_takes_too_long_is_ended_by_the_server(build) -> None:
    with (
        pytest.raises(DatabaseUnavailable, match=r"interrupted|3024"),
        build(timeout_s=1).session() as connection,
    ):
        one(
            connection,
            "select count(*) from information_schema.columns a, information_schema.columns b where sleep(1)",
        )


def test_a_connection_that_broke_is_closed_and_unavailable(build) -> None:
    def ask() -> None:
        with build().session() as connection:
            connection.close()
            one(connection, "select 1")

    with pytest.raises(DatabaseUnavailable, match="the database failed"):
        ask()
