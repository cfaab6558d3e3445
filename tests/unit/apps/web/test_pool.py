import threading

import pytest

from apps.web import entries
from apps.web.databases import Databases, Endpoint, Source
from apps.web.pool import AGE_S, Pool
from runtime.database import DatabaseUnavailable


def ask(connection):
    return connection.run("select pg_backend_pid()")[0][0]


def test_a_connection_is_lent_again_and_again(server_of):
    server = server_of()
    pool = Pool(server.connect)
    assert pool.run(ask) == pool.run(ask)
    assert len(server.opened) == 1


def test_a_connection_that_is_old_is_replaced_because_the_name_may_have_moved(server_of):
    server, now = server_of(), [0.0]
    pool = Pool(server.connect, clock=lambda: now[0])
    first = pool.run(ask)
    now[0] = AGE_S + 1
    assert pool.run(ask) != first


def test_after_a_break_every_kept_connection_goes_and_the_work_is_done_once_more(server_of):
    server = server_of()
    pool = Pool(server.connect)
    barrier = threading.Barrier(3)

    def together(connection):
        barrier.wait(10)
        return ask(connection)

    threads = [threading.Thread(target=pool.run, args=(together,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.opened) == 3
    server.break_connections()
    pool.run(ask)
    pool.run(ask)
    assert len(server.opened) == 4


def test_work_that_fails_over_a_new_connection_too_is_not_tried_a_third_time(server_of):
    server, tries = server_of(), []
    pool = Pool(server.connect)
    pool.run(ask)

    def fail(connection):
        tries.append(connection)
        connection.run("select nothing from nowhere")

    with pytest.raises(DatabaseUnavailable, match="the database failed"):
        pool.run(fail)
    assert len(tries) == 2


def test_work_that_raises_leaves_no_connection_in_a_state_that_nobody_knows(server_of):
    server = server_of()
    pool = Pool(server.connect)

    def stop(connection):
        connection.run("begin")
        raise KeyError

    with pytest.raises(KeyError):
        pool.run(stop)
    assert pool.run(lambda connection: connection.run("select 1")) == [[1]]
    assert len(server.opened) == 2


def test_who_finds_every_connection_busy_waits_no_longer_than_that(server_of):
    pool = Pool(server_of().connect, size=1, wait_s=0.01)
    with pytest.raises(DatabaseUnavailable, match=r"busy for 0\.01 s"):
        pool.run(lambda _: pool.run(ask))
    assert pool.run(ask)


@pytest.fixture
def now():
    return [100.0]


def endpoint(server, now, source=Source.WRITER):
    return Endpoint(source, Pool(server.connect), lambda: now[0])


def test_a_database_that_failed_is_left_alone_for_a_moment_but_not_by_the_probe(server_of, now):
    server = server_of()
    writer = endpoint(server, now)
    server.take_away()
    with pytest.raises(DatabaseUnavailable, match="taken away"):
        writer.run(ask)
    server.away = False
    with pytest.raises(DatabaseUnavailable, match="the writer failed a moment ago"):
        writer.run(ask)
    assert writer.seen is False
    assert writer.probe() is True
    assert writer.run(ask)


def test_a_crowd_that_finds_every_connection_busy_says_nothing_about_the_database(server_of, now):
    replica = Endpoint(Source.REPLICA, Pool(server_of().connect, size=1, wait_s=0.01), lambda: now[0])
    assert replica.probe() is True

    def crowd(_):
        with pytest.raises(DatabaseUnavailable, match="busy"):
            replica.run(ask)

    replica.run(crowd)
    assert replica.seen is True
    assert replica.run(ask)


def test_a_connection_that_fails_while_another_one_is_answered_says_nothing_about_the_database(
    server_of, now
):
    writer = endpoint(server_of(), now)

    def slow(connection):
        now[0] += 1.0
        assert writer.run(ask)
        connection.run("select nothing from nowhere")

    with pytest.raises(DatabaseUnavailable, match="the database failed"):
        writer.run(slow)
    assert writer.seen is True
    assert writer.run(ask)


def test_a_database_that_answered_before_but_not_since_is_away(server_of, now):
    server = server_of()
    writer = endpoint(server, now)
    writer.run(ask)
    server.take_away()
    with pytest.raises(DatabaseUnavailable, match="taken away"):
        writer.run(ask)
    assert writer.seen is False


def test_a_database_that_goes_and_comes_back_is_told_once_each_time(server_of, now, caplog):
    server = server_of()
    writer = endpoint(server, now)
    with caplog.at_level("INFO"):
        writer.probe()
        server.take_away()
        for _ in range(3):
            writer.probe()
        server.away = False
        for _ in range(3):
            writer.probe()
    assert [record.message for record in caplog.records] == ["database away", "database back"]


def test_a_writer_that_takes_no_writes_is_away_and_its_connections_are_remade(server_of, now):
    server = server_of()
    writer = endpoint(server, now)
    writer.run(lambda connection: connection.run("set default_transaction_read_only = on"))
    assert writer.probe() is True  # the old connection is read-only, the new one is not
    assert len(server.opened) == 2
    reader = endpoint(server, now, Source.REPLICA)
    reader.run(lambda connection: connection.run("set default_transaction_read_only = on"))
    assert reader.probe() is True


def test_a_writer_whose_name_leads_to_a_replica_is_away(server_of, now):
    server = server_of()

    def connect():
        connection = server.connect()
        connection.run("set default_transaction_read_only = on")
        return connection

    writer = Endpoint(Source.WRITER, Pool(connect), lambda: now[0])
    assert writer.probe() is False
    with pytest.raises(DatabaseUnavailable):
        writer.run(ask)


def test_a_writer_that_takes_no_writes_is_away_although_a_reader_was_answered_meanwhile(server_of, now):
    server, answered = server_of(), []

    def connect():
        connection = server.connect()
        connection.run("set default_transaction_read_only = on")
        now[0] += 1.0
        if len(server.opened) == 1:
            answered.append(writer.run(ask))
        return connection

    writer = Endpoint(Source.WRITER, Pool(connect), lambda: now[0])
    assert writer.probe() is False
    assert answered


def test_what_was_seen_long_ago_is_unknown(server_of, now):
    writer = endpoint(server_of(), now)
    assert writer.seen is None
    writer.probe()
    assert writer.seen is True
    now[0] += 15
    assert writer.seen is None
    assert writer.well is False


def test_a_replica_that_was_promoted_is_behind_nobody(server_of, now):
    server = server_of()
    databases = Databases(endpoint(server, now), endpoint(server, now, Source.REPLICA))
    found = databases.read(ask, after="FFFFFFFF/FFFFFFFF")
    assert (found.source, found.stale) == (Source.REPLICA, False)


def test_two_instances_may_create_the_table_at_once(server_of):
    server = server_of()
    server.connect().run("drop schema web cascade")
    failed = []

    def create():
        try:
            Pool(server.connect).run(entries.create)
        except DatabaseUnavailable as error:
            failed.append(error)

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
